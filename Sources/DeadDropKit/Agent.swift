import Identity
import Protocol
import Wire
import WireFormat

/// One agent on one wire, for programs that want no command line: the library's public surface.
///
///     var agent = try Agent(directory: nil, handle: "forge")
///     let receipt = try agent.send("request", subject: "review", body: "by noon?")
///     for message in try agent.unread() { print(message.from, message.subject) }
///     try agent.markRead()
///
/// Small on purpose: strings in, strings out. What is public here is a promise; all else is not.
public struct Agent: ~Copyable {
  private var session: Session

  /// Opens the wire in `directory`, or the one found from the current directory upward.
  ///
  /// Without a handle, the only agent of this account on that wire. Throws `AgentError`.
  public init(directory: String? = nil, handle: String? = nil) throws(AgentError) {
    try self.init(directory: directory, handle: handle, in: nil)
  }

  /// The same with private places that are not those of the environment.
  package init(
    directory: String?, handle: String?, in places: PrivatePlaces?
  ) throws(AgentError) {
    do { session = try Session.open(directory: directory, as: handle, in: places) } catch {
      throw AgentError(error)
    }
  }

  /// What the last `send` or `unread` met that is not as it should be: a clause each, empty mostly.
  public private(set) var warnings: [String] = []

  /// The name that this agent signs with.
  public var handle: String { session.handle.name }

  /// Signs one message and stores it durably at the end of this agent's log.
  ///
  /// `type` is one of those that `deaddrop send` takes. Without recipients it is for everyone; `re`
  /// is the id of the message that it answers, or the beginning of one; `sealed` lets none but the
  /// recipients read the body. Throws when nothing was stored.
  public mutating func send(
    _ type: String, subject: String, body: String, to: [String] = [], re: String? = nil,
    sealed: Bool = false
  ) throws(AgentError) -> StoredMessage {
    guard let known = Session.sendableTypes.first(where: { $0.word == type }) else {
      throw AgentError(description: "\(type) is no type to send")
    }
    do throws(KitError) {
      var outgoing = Session.Outgoing(known, subject: Text(subject), body: .string(body))
      for name in to {
        guard let recipient = try? Handle(name) else { throw KitError.noSuchHandle(name) }
        outgoing.to.append(recipient)
      }
      outgoing.re = re
      outgoing.isSealed = sealed
      try catchUp()
      let receipt = try session.send(outgoing)
      return StoredMessage(id: receipt.eventID.hex, seq: receipt.seq)
    } catch {
      throw AgentError(error)
    }
  }

  /// Verifies what is new, settles what is due, and gives all unread messages of verified peers.
  ///
  /// They stay unread until `markRead`, so that a crash between the two shows them again.
  public mutating func unread() throws(AgentError) -> [ReceivedMessage] {
    do throws(KitError) {
      try catchUp()
      let inbox = try session.inbox(
        session: Session.defaultSession, limit: nil, isPeek: false)
      return inbox.lines.map { session.opened($0) }.compactMap { line in
        line.message.map { message in
          ReceivedMessage(
            id: message.eventID.hex, seq: line.seq, from: message.from.name,
            type: message.type.word, subject: message.subject.string,
            bodyJSON: message.body.map {
              String(decoding: CanonicalWriter.bytes(of: $0), as: UTF8.self)
            } ?? "null", re: message.re?.hex, sealedReason: line.sealFault?.rawValue)
        }
      }
    } catch {
      throw AgentError(error)
    }
  }

  private mutating func catchUp() throws(KitError) {
    let report = try session.catchUp(saves: false)
    warnings =
      report.bad.map { "\($0.file):\($0.line): \($0.reason.rawValue)" }
      + report.broken.map { "\($0.log): \($0.verdict.rawValue)" }
  }

  /// Moves the cursor past what `unread` gave, and tells the peers by a beat.
  public mutating func markRead() throws(AgentError) {
    do { _ = try session.commitRead() } catch { throw AgentError(error) }
  }
}

/// A message that is signed, chained and on this disk.
public struct StoredMessage: Equatable, Sendable {
  /// Its event_id, 64 lower-case hex digits.
  public let id: String
  /// Its place in this agent's chain, from 1.
  public let seq: Int
}

/// A verified message of a verified peer; its text is that peer's, and data.
public struct ReceivedMessage: Equatable, Sendable {
  /// Its event_id, 64 lower-case hex digits.
  public let id: String
  /// Its place in its writer's chain, from 1.
  public let seq: Int
  /// The writer's handle.
  public let from: String
  /// The type's word, also one that this version does not know.
  public let type: String
  /// The title.
  public let subject: String
  /// The body in canonical JSON: a string literal, or any other value; `null` while it is sealed.
  public let bodyJSON: String
  /// The id of the message that it answers.
  public let re: String?
  /// Why a sealed body could not be opened, a word of PROTOCOL.md; nil when it could, or is open.
  public let sealedReason: String?
}

/// Why an `Agent` could not do what was asked: one clause that names the thing and the place.
public struct AgentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The clause.
  public let description: String

  init(description: String) { self.description = description }
  init(_ error: KitError) { description = error.description }
}
