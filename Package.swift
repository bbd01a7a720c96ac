// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with: warnings are errors, unsafe code is marked.
let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
]

/// Fault injection exists in debug builds, and in any build that asks for it; a release
/// injects none, and keeps of it only the names of a few types.
let faults: [SwiftSetting] =
  Context.environment["DEADDROP_FAULTS"] == nil
  ? [.define("FAULTS", .when(configuration: .debug))] : [.define("FAULTS")]

/// Faults built in on purpose, for `make mutants`: see Sources/WireFormat/Mutant.swift.
let mutants: [SwiftSetting] =
  Context.environment["DEADDROP_MUTANTS"] == nil ? [] : [.define("MUTANTS")]

/// A release links all it needs: libsodium and the Swift runtime are in the file.
let isStatic = ["-static-executable", "-use-ld=lld"]

let package = Package(
  name: "deaddrop",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "DeadDropKit", targets: ["DeadDropKit"]),
    .executable(name: "deaddrop", targets: ["Main"]),
  ],
  targets: [
    .systemLibrary(
      name: "CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
    .target(name: "CHost"),
    .target(name: "CHash", dependencies: ["CSodium"]),
    .target(name: "WireFormat"),
    .target(name: "Host", dependencies: ["CHost"]),
    .target(name: "Identity", dependencies: ["CSodium", "CHash", "WireFormat"]),
    .target(name: "Protocol", dependencies: ["WireFormat", "Identity"]),
    .target(name: "Wire", dependencies: ["WireFormat", "Host", "Identity", "Protocol"]),
    .target(
      name: "DeadDropKit", dependencies: ["WireFormat", "Host", "Identity", "Protocol", "Wire"]),
    .target(
      name: "Commands",
      dependencies: ["WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit"]),
    .executableTarget(
      name: "Main", dependencies: ["Commands"],
      linkerSettings: [
        .unsafeFlags(
          isStatic + ["-Xlinker", "-s"],
          .when(platforms: [.linux], configuration: .release))
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: ["WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit"],
      path: "Benchmarks/Runner",
      linkerSettings: [
        .unsafeFlags(isStatic, .when(platforms: [.linux], configuration: .release))
      ]),
    .target(
      name: "TestSupport", dependencies: ["WireFormat", "Host", "Identity", "Protocol", "Wire"],
      path: "Tests/TestSupport"),
    .target(
      name: "Simulation",
      dependencies: [
        "CSodium", "WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit",
        "TestSupport",
      ], path: "Tests/Simulation"),
    .executableTarget(
      name: "deaddrop-sim", dependencies: ["Simulation", "WireFormat"], path: "Tests/Simulator"),
    .executableTarget(
      name: "Drill",
      dependencies: [
        "WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit", "TestSupport",
      ],
      path: "Tests/Drill"),
    .target(
      name: "Attacks",
      dependencies: [
        "WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit", "Commands",
        "TestSupport",
      ], path: "Tests/Attacks"),
    .executableTarget(
      name: "deaddrop-attack", dependencies: ["Attacks", "TestSupport"], path: "Tests/Attacker"),
    .testTarget(
      name: "AttackTests", dependencies: ["Attacks", "TestSupport", "Main", "deaddrop-attack"]),
    .testTarget(name: "WireFormatTests", dependencies: ["WireFormat"]),
    .testTarget(name: "HostTests", dependencies: ["Host"]),
    .testTarget(name: "IdentityTests", dependencies: ["Identity", "WireFormat"]),
    .testTarget(
      name: "ProtocolTests", dependencies: ["WireFormat", "Identity", "Protocol", "TestSupport"]),
    .testTarget(
      name: "WireTests",
      dependencies: [
        "CSodium", "WireFormat", "Host", "Identity", "Protocol", "Wire", "TestSupport",
      ]),
    .testTarget(
      name: "DeadDropKitTests",
      dependencies: [
        "WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit", "TestSupport",
      ]),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "WireFormat", "Host", "Identity", "Protocol", "Wire", "DeadDropKit", "Commands", "Main",
        "TestSupport",
      ],
      exclude: ["Frames", "Golden", "Transcripts"]),
    .testTarget(
      name: "ProcessTests",
      dependencies: [
        "CSodium", "WireFormat", "Host", "Identity", "Protocol", "Wire", "TestSupport", "Main",
        "Drill",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type == .regular || target.type == .executable {
  if target.name.hasPrefix("C") && target.name != "Commands" { continue }
  let injects = ["Host", "TestSupport", "Simulation", "deaddrop-sim"].contains(target.name)
  target.swiftSettings = house + mutants + (injects ? faults : [])
}
for target in package.targets where target.type == .test {
  target.swiftSettings = house + faults
}
