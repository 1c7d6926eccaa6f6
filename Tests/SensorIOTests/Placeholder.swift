import Testing
@testable import SensorIO
