import Host

do {
  let plan = try Plan(Environment.arguments)
  let scratch = try Directory.open(plan.scratch, followLast: true)
  var report = Report(plan: plan, fileSystem: try FileSystemKind.name(of: scratch))
  report.rows = try Bench(plan: plan).rows()
  try StandardStreams.writeOutput(Array(report.text.utf8))
  if let name = plan.json {
    let path = name.hasPrefix("/") ? name : try Environment.currentDirectory() + "/" + name
    let parts = path.split(separator: "/")
    let parent = "/" + parts.dropLast().joined(separator: "/")
    try Directory.open(parent, followLast: true).replaceFile(
      String(parts.last ?? ""), with: report.json, permissions: 0o644, durable: false)
  }
} catch {
  try? StandardStreams.writeError(Array("bench: \(error)\n".utf8))
  Environment.exit(1)
}
