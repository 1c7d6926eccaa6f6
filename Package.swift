// swift-tools-version: 6.2
import PackageDescription

// One view of the system headers for every module: CPlatform asks for the GNU one, and the standard
// library's own module of them must not differ.
let gnu = SwiftSetting.unsafeFlags(["-Xcc", "-D_GNU_SOURCE"])

// What Embedded Swift refuses is an error in ordinary builds too, so that most mistakes show at
// once; the embedded build (`make static`) is the real gate.
let swift: [SwiftSetting] = [.treatWarning("EmbeddedRestrictions", as: .error), gnu]

// The executable's own code is mostly cold and has no inner loop: small rather than unrolled. The
// loops are in EdgeRuntime, SensorIO and CKernels.
let small = SwiftSetting.unsafeFlags(["-Osize"], .when(configuration: .release))

let package = Package(
  name: "edgeagent",
  products: [.executable(name: "edgeagent", targets: ["edgeagent"])],
  targets: [
    .target(name: "CPlatform"),
    .systemLibrary(name: "CSQLite"),
    .target(name: "COpenSSL"),
    // SIMD and plain C inner loops. -O3 in every configuration: a debug build of a kernel helps
    // nobody, and tests score real models.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "EdgeRuntime", dependencies: ["CKernels"], swiftSettings: swift),
    .target(name: "Text", dependencies: ["CPlatform"], swiftSettings: swift + [small]),
    .target(name: "System", dependencies: ["Text", "CPlatform"], swiftSettings: swift + [small]),
    .target(name: "SensorIO", dependencies: ["System", "Text", "CPlatform"], swiftSettings: swift),
    .executableTarget(
      name: "edgeagent",
      dependencies: [
        "EdgeRuntime", "SensorIO", "System", "Text", "CPlatform", "CSQLite", "COpenSSL",
      ],
      swiftSettings: swift + [small],
      linkerSettings: [
        .linkedLibrary("sqlite3"), .linkedLibrary("ssl"), .linkedLibrary("crypto"),
      ]),
    .testTarget(
      name: "EdgeRuntimeTests", dependencies: ["EdgeRuntime", "CKernels"], swiftSettings: [gnu]),
    .testTarget(
      name: "SensorIOTests", dependencies: ["SensorIO", "System", "Text", "CPlatform"],
      swiftSettings: [gnu]),
    .testTarget(
      name: "edgeagentTests",
      dependencies: ["edgeagent", "SensorIO", "System", "Text", "CPlatform", "CSQLite"],
      swiftSettings: [gnu]),
    // What libFuzzer runs, over the corpus. Entry.swift is libFuzzer's alone (see `make fuzz`).
    .testTarget(
      name: "FuzzTests",
      dependencies: ["EdgeRuntime", "SensorIO", "edgeagent", "System", "Text", "CPlatform"],
      path: "Tests/fuzz", exclude: ["Entry.swift", "corpus", "fuzz"], swiftSettings: [gnu]),
  ],
  swiftLanguageModes: [.v6]
)
