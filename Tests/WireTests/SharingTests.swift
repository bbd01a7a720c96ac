import Host
import Testing
import Wire

@Suite("Which directory is a wire's place")
struct SharingTests {
  private static let user: UInt32 = 1_000

  private func refusal(_ owner: UInt32, _ mode: UInt16) -> WireError.UnsafeDirectory? {
    Sharing.refusal(
      of: FileStatus(kind: .directory, owner: owner, mode: mode), user: Self.user)
  }

  @Test("one's own and root's, unless the world may write there without sticky")
  func own() {
    for owner in [Self.user, 0] {
      for mode: UInt16 in [0o700, 0o755, 0o775, 0o1777, 0o3770] {
        #expect(refusal(owner, mode) == nil)
      }
      for mode: UInt16 in [0o777, 0o757, 0o2777] {
        #expect(refusal(owner, mode) == .worldWritable)
      }
    }
  }

  @Test("another account's only where a group shares it with setgid and sticky")
  func foreign() {
    for mode: UInt16 in [0o3770, 0o3775, 0o3777] { #expect(refusal(7, mode) == nil) }
    for mode: UInt16 in [0o700, 0o755, 0o770, 0o775, 0o1777, 0o2770, 0o1770, 0o3755, 0o3740] {
      #expect(refusal(7, mode) == .foreignOwner)
    }
    #expect(refusal(7, 0o777) == .worldWritable)
  }
}
