package demo.worker;

import demo.v1.Count;
import demo.v1.Range;
import demo.v1.Work;
import dev.parley.Client;
import dev.parley.Parent;
import dev.parley.rpc.CallContext;
import java.util.stream.LongStream;

/** A worker: counts primes for its parent, and ends with it. */
final class WorkerChild implements Work.Service {
  public static void main(String[] arguments) throws Exception {
    try (Client parent =
        Parent.builder().service(Work.bind(new WorkerChild())).exitWithParent().connect()) {
      parent.awaitClosed();
    }
  }

  @Override
  public Count countPrimes(Range range, CallContext context) {
    long primes =
        LongStream.range(range.getFrom(), range.getTo()).filter(WorkerChild::isPrime).count();
    return Count.newBuilder().setPrimes(primes).build();
  }

  private static boolean isPrime(long number) {
    for (long divisor = 2; divisor * divisor <= number; divisor++) {
      if (number % divisor == 0) {
        return false;
      }
    }
    return number > 1;
  }
}
