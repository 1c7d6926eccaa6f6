// swift-tools-version: 6.2
import PackageDescription

// One view of the system headers for every module: CPlatform asks for the GNU one, and the standard
// library's own module of them must not differ.
let gnu = SwiftSetting.unsafeFlags(["-Xcc", "-D_GNU_SOURCE"])

// What Embedded Swift refuses is an error in ordinary builds too, so that most mistakes show at
// once; the embedded build (`make static`) is the real gate.
let swift: [SwiftSetting] = [.treatWarning("EmbeddedRestrictions", as: .error), gnu]

// Cold code has no inner loop: small rather than unrolled. The loops are in EdgeRuntime, SensorIO,
// Text and CKernels.
let small = swift + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

// Bottom first. A target may import what its line names and nothing else: the core has no network,
// and the sync process has no core. ARCHITECTURE.md shows the same picture; `make lint` compares
// the two.
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

    .target(name: "Text", dependencies: ["CPlatform"], swiftSettings: swift),
    .target(name: "System", dependencies: ["Text", "CPlatform"], swiftSettings: small),
    .target(name: "EdgeRuntime", dependencies: ["CKernels"], swiftSettings: swift),
    .target(
      name: "SensorIO", dependencies: ["System", "Text", "CPlatform"], swiftSettings: swift),
    .target(
      name: "Config", dependencies: ["SensorIO", "System", "Text", "CPlatform"],
      swiftSettings: small),
    .target(
      name: "Store", dependencies: ["System", "Text", "CPlatform", "CSQLite"],
      swiftSettings: small),
    .target(
      name: "Trust", dependencies: ["Config", "System", "Text", "CPlatform", "COpenSSL"],
      swiftSettings: small),
    .target(
      name: "Models",
      dependencies: ["EdgeRuntime", "Trust", "Config", "SensorIO", "System", "Text", "CPlatform"],
      swiftSettings: small),
    .target(
      name: "Core",
      dependencies: [
        "EdgeRuntime", "SensorIO", "Config", "Store", "Trust", "Models", "System", "Text",
        "CPlatform",
      ],
      swiftSettings: small),
    .target(
      name: "Sync",
      dependencies: [
        "Store", "Models", "Trust", "Config", "System", "Text", "CPlatform", "COpenSSL",
      ],
      swiftSettings: small),
    .executableTarget(
      name: "edgeagent",
      dependencies: [
        "Core", "Sync", "Trust", "Models", "Store", "Config", "SensorIO", "EdgeRuntime", "System",
        "Text", "CPlatform", "CSQLite", "COpenSSL",
      ],
      swiftSettings: small,
      linkerSettings: [
        .linkedLibrary("sqlite3"), .linkedLibrary("ssl"), .linkedLibrary("crypto"),
      ]),

    // Helpers of the tests: folders, sockets, seeds, settings, a model whose scores are its window.
    .target(
      name: "TestSupport",
      dependencies: ["Trust", "Models", "Config", "SensorIO", "System", "Text", "CPlatform"],
      path: "Tests/Support", swiftSettings: [gnu]),
    test("Text", ["System"]),
    test("System", ["SensorIO", "Text"]),
    test("EdgeRuntime", ["CKernels"]),
    test("SensorIO", ["System", "Text"]),
    test("Config", ["Store", "SensorIO", "System", "Text"]),
    test("Store", ["System", "Text", "CSQLite"]),
    test("Trust", ["Config", "System", "Text"]),
    test("Models", ["EdgeRuntime", "Trust", "Config", "SensorIO", "System", "Text"]),
    test(
      "Core",
      [
        "EdgeRuntime", "SensorIO", "Config", "Store", "Trust", "Models", "System", "Text",
        "CSQLite", "edgeagent",
      ]),
    test(
      "Sync",
      [
        "Trust", "Store", "Models", "Config", "SensorIO", "System", "Text", "CSQLite", "edgeagent",
      ]),
    test(
      "edgeagent",
      ["Core", "Sync", "Trust", "Store", "Models", "Config", "SensorIO", "System", "Text"]),
    // What libFuzzer runs, over the corpus. Entry.swift is libFuzzer's alone (see `make fuzz`).
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "EdgeRuntime", "SensorIO", "Config", "Models", "Trust", "Store", "Sync", "System", "Text",
        "CPlatform",
      ],
      path: "Tests/fuzz", exclude: ["Entry.swift", "corpus", "fuzz"], swiftSettings: [gnu]),
  ],
  swiftLanguageModes: [.v6]
)

/// The tests of one target, and what else of the package they look at.
func test(_ name: String, _ others: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.init(stringLiteral: name)] + others + ["TestSupport", "CPlatform"],
    swiftSettings: [gnu])
}
