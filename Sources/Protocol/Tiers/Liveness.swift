/// How long a peer has been silent, measured by the cadence that it announced.
package enum Liveness: String, Sendable {
  /// At most one and a half cadences.
  case alive
  /// At most three.
  case late
  case gone
  /// It was never seen to beat.
  case unknown

  /// By the time since the peer's last new beat, on the clock of who asks; a negative one is none.
  package init(silentMilliseconds: Int?, cadenceSeconds: Int) {
    guard let silence = silentMilliseconds else {
      self = .unknown
      return
    }
    let cadence = Tier(cadenceSeconds: cadenceSeconds).cadenceSeconds
    // In half seconds, so that one and a half cadences are a whole number.
    let halves = max(0, silence) / 500 + (max(0, silence) % 500 == 0 ? 0 : 1)
    self = halves <= 3 * cadence ? .alive : halves <= 6 * cadence ? .late : .gone
  }
}
