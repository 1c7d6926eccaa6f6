import Testing
@testable import edgeagent
