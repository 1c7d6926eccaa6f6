import EdgeRuntime
import System
import Text

/// `inspect`: shows the operators of a model, their cost, and the places of the tensors in the
/// arena.
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
      + "\(Decimal.count(model.multiplyAccumulates, "multiplication")), arena "
      + Decimal.count(interpreter.arenaBytes, "byte")
      + (model.stateBytes > 0 ? ", state \(Decimal.count(model.stateBytes, "byte"))" : "")
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
    JSONWriter.text { writer in
      writer.member("model", path)
      writer.member("file_bytes", model.fileBytes)
      writer.member("multiplications", model.multiplyAccumulates)
      writer.member("arena_bytes", interpreter.arenaBytes)
      writer.member("table_bytes", model.tableBytes)
      writer.member("state_bytes", model.stateBytes)
      writer.array("inputs") { writer in
        for tensor in model.inputs { writer.object { put(tensor, into: &$0) } }
      }
      writer.array("outputs") { writer in
        for tensor in model.outputs { writer.object { put(tensor, into: &$0) } }
      }
      writer.array("operators") { writer in
        for node in model.nodes { writer.object { put(node, into: &$0) } }
      }
      writer.array("arena") { writer in
        for place in interpreter.plan { writer.object { put(place, model, into: &$0) } }
      }
    } + "\n"
  }

  private static func put(_ tensor: TensorInfo, into writer: inout JSONWriter) {
    writer.member("name", tensor.name)
    writer.member("type", tensor.type.name)
    put("shape", tensor.shape, into: &writer)
    writer.member("scale", tensor.scale)
    writer.member("zero_point", tensor.zeroPoint)
    writer.member("bytes", tensor.byteCount)
  }

  private static func put(_ node: NodeInfo, into writer: inout JSONWriter) {
    writer.member("index", node.index)
    writer.member("operator", node.operatorName)
    put("inputs", node.inputs, into: &writer)
    put("outputs", node.outputs, into: &writer)
    put("output_shape", node.outputShape, into: &writer)
    writer.member("multiplications", node.multiplyAccumulates)
    writer.member("scratch_bytes", node.scratchBytes)
  }

  private static func put(
    _ place: PlannedTensor, _ model: Model, into writer: inout JSONWriter
  ) {
    writer.member("tensor", place.tensor)
    writer.member("name", place.tensor.map { model.tensors[$0].name })
    writer.member("offset", place.offset)
    writer.member("bytes", place.bytes)
    writer.member("first", place.firstNode)
    writer.member("last", place.lastNode)
    writer.member("alias_of", place.aliasOf)
    writer.member("written_over", place.writtenOver)
  }

  private static func put(_ key: String, _ numbers: [Int], into writer: inout JSONWriter) {
    writer.array(key) { writer in
      for number in numbers { writer.integer(number) }
    }
  }
}
