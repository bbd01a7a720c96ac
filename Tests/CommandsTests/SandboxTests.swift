import Foundation
import Testing

@Suite("a daemon in a sandbox")
struct SandboxTests {
  @Test("ends where it can write no more, so that the manager's next start shows it what is there")
  func readOnly() async throws {
    let scratch = try Scratch()
    guard try await Binary.shell("unshare -Urm true", in: scratch).code == 0 else {
      print("notice: no user namespaces here: no daemon is tried on a wire that turned read-only")
      return
    }
    let founded = try await Binary.shell("deaddrop init --local forge scribe", in: scratch)
    #expect(founded.code == 0, "\(founded.errors)")
    // INVOCATION_ID is what systemd gives to all that it starts. No shell stays in front: what hangs
    // is ended itself.
    let outcome = try await Binary.shell(
      "exec env INVOCATION_ID=1 unshare -Urm sh -c 'mount --bind _coordination _coordination && "
        + "mount -o remount,ro,bind _coordination && exec deaddrop daemon run --as forge'",
      in: scratch)
    #expect(outcome.code == 4)
    #expect(outcome.errors.contains("read-only file system"), "\(outcome.errors)")
  }
}
