package org.lockex.lock.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.LeaseTerms;

/**
 * What a session needs to know.
 *
 * @param hosts the ensemble
 * @param sessionTimeout asked of the server, which may clamp it to 2 to 20 of its ticks; positive
 * @param connectTimeout how long the first connection may take; positive
 * @param security how to speak to the servers, who we are there, and what others may do with our
 *     nodes
 * @param clock nanoseconds of the clock that leases are measured on: CLOCK_BOOTTIME, or
 *     CLOCK_MONOTONIC where the server sleeps when we do
 * @param contender published on every node of this session
 * @param terms told on the nodes that wait, if it is a hold that is wanted
 * @param notes takes one line of text for people who asked to be told (-v); called from any thread,
 *     must not block
 * @param defects told what a thread of the lock died of, which is a defect of ours: the lock is
 *     then kept by nobody, so the process must end; called from any thread, must not block
 */
public record SessionSettings(
    Hosts hosts,
    Duration sessionTimeout,
    Duration connectTimeout,
    ClientSecurity security,
    LongSupplier clock,
    Contender contender,
    Optional<LeaseTerms> terms,
    Consumer<String> notes,
    Consumer<Throwable> defects) {

  /**
   * For a command.
   *
   * @param hosts the ensemble
   * @param sessionTimeout asked of the server
   * @param connectTimeout how long the first connection may take
   * @param security how to speak to the servers
   * @param clock nanoseconds of the clock that leases are measured on
   * @param contender published on every node of this session
   * @param notes takes one line of text for people who asked to be told
   * @param defects told what a thread of the lock died of
   */
  public SessionSettings(
      Hosts hosts,
      Duration sessionTimeout,
      Duration connectTimeout,
      ClientSecurity security,
      LongSupplier clock,
      Contender contender,
      Consumer<String> notes,
      Consumer<Throwable> defects) {
    this(
        hosts,
        sessionTimeout,
        connectTimeout,
        security,
        clock,
        contender,
        Optional.empty(),
        notes,
        defects);
  }

  /** What a node of this session tells while it waits. */
  byte[] waiting() {
    ContenderData data =
        terms.isPresent()
            ? ContenderData.lease(contender, terms.get())
            : ContenderData.waiting(contender);
    return data.bytes();
  }
}
