import Foundation
import Host
import Identity
import Protocol
import TestSupport
import Testing
import Wire
import WireFormat

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("A log that is open for writing grows by whole lines or not at all")
struct OpenLogTests {
  /// Of the card and of all appends: a year that ends between them would move the log.
  fileprivate static let time: Int64 = 1_800_000_000_000_000

  @Test("several lines under one lock are one chain, no two neighbours of one time")
  func several() throws {
    try WriterPlace.joined(at: Self.time) { place in
      let shared = try SharedDirectory.open(place.path)
      let state = try PrivateState.open(place.statePath)
      var open = try place.open(shared, state)
      for number in 2...40 {
        #expect(try place.append("note \(number)", &open, shared, state).seq == number)
        #expect(try WriterFile.peek(state)?.head.seq == number)
      }
      // Nobody else gets in meanwhile.
      let file = try OpenFile.open(WriterFile.name, in: state.directory, mode: .readWrite)
      #expect(try !file.tryLock())
      _ = consume open
      #expect(try file.tryLock())
      #expect(try place.chain().head.seq == 40)
      let times = try place.bytes().split(separator: 10).dropFirst().compactMap {
        try Message(Array($0).span, Envelope.read(Array($0).span)).timestamp.microseconds
      }
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 != $1 })
    }
  }

  @Test("a line too long is refused and the next one is taken")
  func tooLong() throws {
    try WriterPlace.joined(at: Self.time) { place in
      let shared = try SharedDirectory.open(place.path)
      let state = try PrivateState.open(place.statePath)
      var open = try place.open(shared, state)
      let before = try place.bytes()
      #expect(throws: WireError.self) {
        _ = try place.append(String(repeating: "x", count: 300_000), &open, shared, state)
      }
      #expect(try place.bytes() == before)
      #expect(try place.append("short", &open, shared, state).seq == 2)
      #expect(try place.chain().head.seq == 2)
    }
  }

  #if FAULTS
    @Test("after a failed fdatasync this log takes no more, and the next command adopts the line")
    func unsynced() throws {
      try WriterPlace.joined(at: Self.time) { place in
        let shared = try SharedDirectory.open(place.path)
        let state = try PrivateState.open(place.statePath)
        var open = try place.open(shared, state)
        _ = try place.append("two", &open, shared, state)
        let plan = FaultPlan([Fault(.fail(EIO), call: .fdatasync, pathSuffix: place.log)])
        #expect(throws: WireError.self) {
          _ = try plan.run { try place.append("three", &open, shared, state) }
        }
        let after = try place.bytes()
        for text in ["four", "five"] {
          let failure = #expect(throws: WireError.self) {
            _ = try place.append(text, &open, shared, state)
          }
          guard case .unsynced = failure else {
            Issue.record("\(String(describing: failure))")
            continue
          }
        }
        #expect(try place.bytes() == after)
        #expect(plan.trace.count { $0.call == .fdatasync } == 1)
        #expect(try WriterFile.peek(state)?.head.seq == 2)
        _ = consume open
        let receipt = try #require(try place.append("four").first)
        #expect(receipt.seq == 4)
        let note = "1 lines of an interrupted append were adopted from \(place.log)"
        #expect(receipt.notes == [note])
        #expect(try place.chain().head.seq == 4)
      }
    }

    @Test(
      "a short write is taken back, whether it is made up for or not",
      arguments: [(1, true), (2, true), (3, false)])
    func short(times: Int, isStored: Bool) throws {
      try WriterPlace.joined(at: Self.time) { place in
        let shared = try SharedDirectory.open(place.path)
        let state = try PrivateState.open(place.statePath)
        var open = try place.open(shared, state)
        let before = try place.bytes()
        let plan = FaultPlan(
          (1...times).map {
            Fault(.short(.half), call: .write, pathSuffix: place.log, occurrence: $0)
          })
        let receipt = try? plan.run { try place.append("two", &open, shared, state) }
        #expect((receipt != nil) == isStored)
        if !isStored { #expect(try place.bytes() == before) }
        let next = try place.append("next", &open, shared, state)
        #expect(next.seq == (isStored ? 3 : 2))
        #expect(try place.chain().head.seq == next.seq)
      }
    }

    @Test("where a torn line cannot be taken back nothing is written behind it")
    func stuck() throws {
      try WriterPlace.joined(at: Self.time) { place in
        let shared = try SharedDirectory.open(place.path)
        let state = try PrivateState.open(place.statePath)
        var open = try place.open(shared, state)
        let plan = FaultPlan([
          Fault(.short(.half), call: .write, pathSuffix: place.log),
          Fault(.fail(EIO), call: .truncate, pathSuffix: place.log),
        ])
        #expect(throws: WireError.self) {
          _ = try plan.run { try place.append("two", &open, shared, state) }
        }
        let torn = try place.bytes()
        #expect(throws: WireError.self) { _ = try place.append("three", &open, shared, state) }
        #expect(try place.bytes() == torn)
        _ = consume open
        let receipt = try #require(try place.append("two again").first)
        #expect(receipt.seq == 2)
        #expect(receipt.notes.contains { $0.contains("of an unfinished line were cut") })
        #expect(try place.chain().head.seq == 2)
      }
    }

    @Test("a record that cannot be saved is told, and the lines go on")
    func unsaved() throws {
      try WriterPlace.joined(at: Self.time) { place in
        let shared = try SharedDirectory.open(place.path)
        let state = try PrivateState.open(place.statePath)
        var open = try place.open(shared, state)
        let plan = FaultPlan([Fault(.fail(EIO), call: .write, pathSuffix: WriterFile.name)])
        let receipt = try plan.run { try place.append("two", &open, shared, state) }
        #expect(receipt.notes.contains { $0.contains("the own head was not saved") })
        #expect(try WriterFile.peek(state)?.head.seq == 1)
        #expect(try place.append("three", &open, shared, state).notes == [])
        #expect(try WriterFile.peek(state)?.head.seq == 3)
        #expect(try place.chain().head.seq == 3)
      }
    }

    @Test("a kill at any call of an append loses no line that was told, and forks nothing")
    func killed() throws {
      try WriterPlace.joined(at: Self.time) { place in
        let recording = FaultPlan()
        var stored = try recording.run { try place.append("dry run") }[0].seq
        for point in 1...recording.trace.count {
          for effect in [Fault.Effect.crash, .crashAfter(.half), .crashAfter(.bytes(1 << 20))] {
            let plan = FaultPlan([Fault(effect, occurrence: point)])
            if let receipt = try? plan.run({ try place.append("killed") }).first {
              stored = receipt.seq
            }
            let receipt = try #require(try place.append("after").first)
            #expect((stored + 1...stored + 2).contains(receipt.seq), "\(point) \(effect)")
            stored = receipt.seq
          }
        }
        #expect(try place.chain().head.seq == stored)
      }
    }
  #endif
}

extension WriterPlace {
  /// Opens the log as one command does, and appends notes with these texts.
  @discardableResult
  fileprivate func append(_ texts: String...) throws -> [Receipt] {
    let shared = try SharedDirectory.open(path)
    let state = try PrivateState.open(statePath)
    var open = try open(shared, state)
    return try texts.map { try append($0, &open, shared, state) }
  }

  fileprivate func open(
    _ shared: borrowing SharedDirectory, _ state: borrowing PrivateState
  ) throws -> OpenLog {
    try writer.open(by: key.pk, shared, state)
  }

  fileprivate func append(
    _ text: String, _ open: inout OpenLog, _ shared: borrowing SharedDirectory,
    _ state: borrowing PrivateState
  ) throws -> Receipt {
    try open.append(
      Draft(.feedback, subject: "note", body: .string(Text(text))), with: key.signing, shared,
      state, clock: OpenLogTests.time)
  }
}
