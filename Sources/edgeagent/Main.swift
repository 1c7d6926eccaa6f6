import CPlatform

@main
struct Main {
  static func main() {
    print("allocations \(cp_thread_allocations())")
    exit(0)
  }
}
