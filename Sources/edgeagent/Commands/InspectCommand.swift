import EdgeRuntime
import System
import Text

/// `inspect`: what a model is made of, what it costs, and where everything lies in its arena.
enum InspectCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let path: String
    let asJSON: Bool
    do throws(UsageError) {
      let arguments = try Arguments(words, flags: ["--json"])
      path = try arguments.operand("MODEL")
      asJSON = arguments.has("--json")
    } catch {
      throw .usage(error, .inspect)
    }
    let model = try ModelOperand.load(path)
    let interpreter = try ModelOperand.interpreter(model, path: path)
    Terminal.write(
      asJSON
        ? json(path, model, interpreter)
        : text(path, model, interpreter) + ArenaMap(model, interpreter).text())
  }

  private static func text(_ path: String, _ model: Model, _ interpreter: Interpreter) -> String {
    var text =
      "\(path): \(Decimal.grouped(model.fileBytes)) bytes, \(Decimal.count(model.nodes.count, "operator")), "
      + "\(Decimal.grouped(model.multiplyAccumulates)) multiplications, arena "
      + "\(Decimal.grouped(interpreter.arenaBytes)) bytes"
      + (model.stateBytes > 0 ? ", state \(Decimal.grouped(model.stateBytes)) bytes" : "")
      + "\n\n"
    for tensor in model.inputs { text += "input   \(describe(tensor))\n" }
    for tensor in model.outputs { text += "output  \(describe(tensor))\n" }
    text += "\n  #  operator                     output            multiplications\n"
    for node in model.nodes {
      text +=
        Decimal.right("\(node.index)", width: 3) + "  "
        + Decimal.left(node.operatorName, width: 29)
        + Decimal.left(output(node, model), width: 18)
        + Decimal.right(Decimal.grouped(node.multiplyAccumulates), width: 15) + "\n"
    }
    return text
  }

  private static func describe(_ tensor: TensorInfo) -> String {
    var text = "\(TerminalText.printable(tensor.name))  \(tensor.type.name) \(shape(tensor.shape))"
    if tensor.scale > 0 { text += "  scale \(tensor.scale), zero point \(tensor.zeroPoint)" }
    return text
  }

  private static func output(_ node: NodeInfo, _ model: Model) -> String {
    guard let first = node.outputs.first else { return "" }
    let isHandle = model.tensors[first].type == .resource
    return isHandle ? "resource" : shape(node.outputShape)
  }

  private static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map { "\($0)" }.joined(separator: "×")
  }

  private static func json(_ path: String, _ model: Model, _ interpreter: Interpreter) -> String {
    let nodes = model.nodes.map { node in
      "{\"index\":\(node.index),\"operator\":\"\(node.operatorName)\","
        + "\"inputs\":\(list(node.inputs)),\"outputs\":\(list(node.outputs)),"
        + "\"output_shape\":\(list(node.outputShape)),"
        + "\"multiplications\":\(node.multiplyAccumulates),"
        + "\"scratch_bytes\":\(node.scratchBytes)}"
    }
    let plan = interpreter.plan.map { place in
      "{\"tensor\":\(number(place.tensor)),"
        + "\"name\":\(place.tensor.map { JSONText.quoted(model.tensors[$0].name) } ?? "null"),"
        + "\"offset\":\(place.offset),\"bytes\":\(place.bytes),"
        + "\"first\":\(place.firstNode),\"last\":\(place.lastNode),"
        + "\"alias_of\":\(number(place.aliasOf)),\"written_over\":\(number(place.writtenOver))}"
    }
    return "{\"model\":\(JSONText.quoted(path)),\"file_bytes\":\(model.fileBytes),"
      + "\"multiplications\":\(model.multiplyAccumulates),"
      + "\"arena_bytes\":\(interpreter.arenaBytes),\"table_bytes\":\(model.tableBytes),"
      + "\"state_bytes\":\(model.stateBytes),"
      + "\"inputs\":[\(model.inputs.map(json).joined(separator: ","))],"
      + "\"outputs\":[\(model.outputs.map(json).joined(separator: ","))],"
      + "\"operators\":[\(nodes.joined(separator: ","))],"
      + "\"arena\":[\(plan.joined(separator: ","))]}\n"
  }

  private static func json(_ tensor: TensorInfo) -> String {
    "{\"name\":\(JSONText.quoted(tensor.name)),\"type\":\"\(tensor.type.name)\","
      + "\"shape\":\(list(tensor.shape)),\"scale\":\(tensor.scale),"
      + "\"zero_point\":\(tensor.zeroPoint),\"bytes\":\(tensor.byteCount)}"
  }

  private static func number(_ number: Int?) -> String { number.map { "\($0)" } ?? "null" }

  private static func list(_ numbers: [Int]) -> String {
    "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"
  }
}
