import Config
import Text

/// The agent's answers to one subscriber, as JSON, one object a line. They share one buffer, and
/// each is valid until the next.
///
/// Hot: allocates nothing.
final class AnswerLines {
  private let agent: String
  private let buffer: UnsafeMutableRawBufferPointer
  private var writer: JSONWriter

  static let byteCount = PipelineLimits.answerBytesMax

  init(_ configuration: Configuration) {
    agent = configuration.agent.id
    buffer = .allocate(byteCount: PipelineLimits.answerBytesMax, alignment: 16)
    writer = JSONWriter(buffer)
  }

  deinit { buffer.deallocate() }

  func help() -> UnsafeRawBufferPointer {
    line("help") { writer in
      writer.array("requests") { writer in
        writer.string("read SENSOR")
        writer.string("alerts")
        writer.string("status")
        writer.string("help")
      }
    }
  }

  func status(_ totals: AgentTotals) -> UnsafeRawBufferPointer {
    line("status") { writer in
      writer.member("agent", agent)
      writer.member("sensors", totals.sensors)
      writer.member("live", totals.live)
      writer.member("samples", totals.samples)
      writer.member("bad_frames", totals.badFrames)
      writer.member("over_rate", totals.overRate)
      writer.member("windows", totals.windows)
      writer.member("late", totals.late)
      writer.member("skipped", totals.skipped)
      writer.member("standing", totals.standing)
      writer.member("raised", totals.raised)
      writer.member("latency_p99_us", totals.latencyP99 / 1000)
    }
  }

  func unknown(_ request: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    error("request", request, "there is no such request; write help for those that there are")
  }

  func actsElsewhere(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    error(
      "acknowledge", name,
      "this socket is for reading; run: edgeagent alerts ack NAME, or ask on the control socket")
  }

  func tooManyRequests() -> UnsafeRawBufferPointer {
    error(
      "too many requests: more than 20 a second; the agent reads the next ones in a second")
  }

  func evicted() -> UnsafeRawBufferPointer {
    error("this seat went to a newer connection: keep to 4 connections a process")
  }

  func refused() -> UnsafeRawBufferPointer {
    error("all seats are taken; close another subscriber and connect again")
  }

  private func error(
    _ key: String, _ text: UnsafeRawBufferPointer, _ reason: StaticString
  ) -> UnsafeRawBufferPointer {
    line("error") { writer in
      writer.member(key, utf8: text)
      writer.member("reason", reason)
    }
  }

  private func error(_ reason: StaticString) -> UnsafeRawBufferPointer {
    line("error") { writer in writer.member("reason", reason) }
  }

  /// One object and LF. The buffer is longer than the longest line.
  private func line(
    _ type: StaticString, _ members: (inout JSONWriter) -> Void
  ) -> UnsafeRawBufferPointer {
    writer.reset()
    writer.object { writer in
      writer.member("type", type)
      members(&writer)
    }
    writer.newline()
    return writer.finished!
  }
}
