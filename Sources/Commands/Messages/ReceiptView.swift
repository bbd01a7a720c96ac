import DeadDropKit
import Protocol
import WireFormat

/// What the recipients of an own message have proven of it, below the message.
enum ReceiptView {
  /// The answer with a line for each recipient; as it is where there is none.
  static func adding(_ receipts: [PeerReceipt], to item: ReportItem) -> ReportItem {
    guard case .answer(var lines, var json) = item, !receipts.isEmpty else { return item }
    lines += receipts.map { line($0) }
    json?["receipts"] = .array(receipts.map { .object(Self.json($0)) })
    return .answer(lines, json: json)
  }

  private static func line(_ receipt: PeerReceipt) -> Line {
    let answer = receipt.answer.map { " (\($0.rawValue))" } ?? ""
    return "  \(receipt.handle): \(receipt.state.rawValue)\(answer)"
  }

  private static func json(_ receipt: PeerReceipt) -> JSONObject {
    [
      "handle": .string(receipt.handle.name), "state": .string(receipt.state.rawValue),
      "answer": receipt.answer.map { .string($0.rawValue) },
    ]
  }
}
