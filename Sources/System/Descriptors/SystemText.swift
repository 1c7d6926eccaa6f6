import CPlatform

/// The C library's words for an errno value: "Permission denied".
package enum SystemText {
  package static func of(_ code: Int32) -> String { String(cString: cp_error_text(code)) }
}
