import StrataTensor
import TestSupport
import Testing

@Suite struct ConcurrentlyTests {
  struct Failure: Error, Equatable { let name: String }

  @Test(arguments: [1, 2, 8]) func bothAreDone(threads: Int) throws {
    var (sum, product) = (0, 1)
    let (a, b) = try concurrently(threads: threads) {
      for i in 1...10 { sum += i }
      return "sum"
    } _: {
      for i in 1...10 { product *= i }
      return 2.5
    }
    #expect(a == "sum" && b == 2.5)
    #expect(sum == 55 && product == 3_628_800)
  }

  @Test func oneThreadDoesOneAfterTheOther() throws {
    var order: [Int] = []
    _ = try concurrently(threads: 1) {
      order.append(1)
    } _: {
      order.append(2)
    }
    #expect(order == [1, 2])
  }

  @Test(arguments: [1, 2]) func theFirstFailureIsThrown(threads: Int) {
    #expect(throws: Failure(name: "first")) {
      try concurrently(threads: threads) {
        throw Failure(name: "first")
      } _: {
        throw Failure(name: "second")
      }
    }
    #expect(throws: Failure(name: "second")) {
      try concurrently(threads: threads) {
      } _: {
        throw Failure(name: "second")
      }
    }
  }

  @Test func nothingIsDoneWithoutThreads() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try concurrently(threads: 0) {
      } _: {
      }
    }
    expectMessage("concurrently: 0 threads", from: result)
  }
}
