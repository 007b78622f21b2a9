package org.lockex.gateway.dialect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.lockex.gateway.http.Continuation;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.Leases;
import org.lockex.gateway.lease.PendingLease;
import org.lockex.znode.LockId;

/**
 * lockserver's queries: places in a queue that outlive the call that took them. A ticket that no
 * call uses for the lock's expiration time leaves; one whose turn has come and that nobody waits
 * for leaves after the grace time. The ticket is the uid of the queue node, so a granted one can be
 * released through any lockexd.
 */
public final class LockserverTickets {
  private static final String NAME = "xmlrpc";
  private static final Duration EVER = Duration.ofDays(3650);
  private static final int MOST_DESCRIPTION = 1024;

  /**
   * How long one that asks again and again waits for the answer to a grant that is on its way. It
   * comes back a second later, and would have lost that second.
   */
  private static final Duration ON_ITS_WAY = Duration.ofMillis(100);

  /** A query that calls may still refer to. */
  private static final class OpenTicket {
    final PendingLease lease;

    /** How many calls wait; meanwhile nothing expires. */
    final AtomicInteger calls = new AtomicInteger();

    /** When the last call was over. */
    volatile long lastUse = System.nanoTime();

    OpenTicket(PendingLease lease) {
      this.lease = lease;
    }
  }

  private final Leases leases;
  private final Map<String, CountingLock> locks;
  private final Map<String, OpenTicket> open = new ConcurrentHashMap<>();

  /**
   * No queries yet.
   *
   * @param leases the lease model
   * @param locks the locks of the configuration
   */
  public LockserverTickets(Leases leases, List<CountingLock> locks) {
    this.leases = leases;
    Map<String, CountingLock> byName = new LinkedHashMap<>();
    locks.forEach(lock -> byName.put(lock.id().value(), lock));
    this.locks = Map.copyOf(byName);
  }

  /**
   * A lock of the configuration.
   *
   * @throws XmlRpcFault if there is none of that name
   */
  CountingLock lock(String name) {
    return known(name)
        .orElseThrow(() -> new XmlRpcFault(XmlRpcFault.NO_SUCH_LOCK, "no such lock: " + name));
  }

  /** The same, empty if there is none of that name. */
  Optional<CountingLock> known(String name) {
    return Optional.ofNullable(locks.get(name));
  }

  /** Joins the queue; the ticket. */
  CompletableFuture<Object> query(CountingLock lock, String description, String client) {
    if (description.length() > MOST_DESCRIPTION) {
      throw new XmlRpcFault(XmlRpcFault.PARAMETERS, "the description is too long");
    }
    PendingLease lease =
        leases.acquire(
            new LeaseRequest(
                lock.id(),
                lock.size(),
                NAME,
                client,
                description,
                Optional.empty(),
                EVER,
                lock.maxLockTime(),
                lock.grace()));
    OpenTicket ticket = new OpenTicket(lease);
    String uid = lease.uid();
    open.put(uid, ticket);
    Continuation.of(
        lease.outcome(), outcome -> leases.later(lock.expiration(), () -> open.remove(uid)));
    expire(lock, ticket, lock.expiration());
    CompletableFuture<Object> answer = new CompletableFuture<>();
    Continuation.of(lease.joined(), there -> answer.complete(uid));
    Continuation.of(
        lease.outcome(),
        outcome -> {
          if (!refused(outcome, answer)) {
            answer.complete(uid);
          }
        });
    return answer;
  }

  /** Answers with a fault where there is neither a lock nor a place in the queue. */
  private static boolean refused(LeaseOutcome outcome, CompletableFuture<Object> answer) {
    return switch (outcome) {
      case LeaseOutcome.OtherShape() ->
          answer.completeExceptionally(
              new XmlRpcFault(XmlRpcFault.OTHER_SIZE, "the lock is in use with another size"));
      case LeaseOutcome.TooMany(LeaseLimits.Reached limit) ->
          answer.completeExceptionally(new XmlRpcFault(XmlRpcFault.TOO_MANY, limit.words()));
      case LeaseOutcome.Unavailable() -> answer.completeExceptionally(away());
      default -> false;
    };
  }

  private static XmlRpcFault away() {
    return new XmlRpcFault(XmlRpcFault.AWAY, "the lock service is away; try again");
  }

  /** A ticket that no call uses for the lock's expiration time leaves; looks for it after that. */
  private void expire(CountingLock lock, OpenTicket ticket, Duration after) {
    leases.later(
        after,
        () -> {
          if (ticket.lease.outcome().isDone()) {
            return;
          }
          Duration unused = Duration.ofNanos(System.nanoTime() - ticket.lastUse);
          if (ticket.calls.get() > 0) {
            expire(lock, ticket, lock.expiration());
          } else if (unused.compareTo(lock.expiration()) < 0) {
            expire(lock, ticket, lock.expiration().minus(unused));
          } else {
            leases.hangUp(ticket.lease);
          }
        });
  }

  private Optional<OpenTicket> undecided(CountingLock lock, String uid) {
    return Optional.ofNullable(open.get(uid))
        .filter(ticket -> ticket.lease.wanted().lock().equals(lock.id()))
        .filter(ticket -> !isGranted(ticket));
  }

  /** Then ZooKeeper tells more: a grant may be over. */
  private static boolean isGranted(OpenTicket ticket) {
    return ticket.lease.outcome().getNow(null) instanceof LeaseOutcome.Granted;
  }

  /** Waits for the turn: granted, waiting (call again) or expired. */
  CompletableFuture<Object> await(
      HttpExchange exchange, CountingLock lock, String uid, Duration waitTime) {
    Optional<OpenTicket> ticket = undecided(lock, uid);
    if (ticket.isEmpty()) {
      return state(lock.id(), uid).thenApply(view -> word(view));
    }
    CompletableFuture<Object> answer = call(ticket.get(), waitTime);
    exchange.onHangUp(() -> answer.cancel(false));
    return answer;
  }

  /** The same for one that asks again and again: waits only for what is on its way. */
  CompletableFuture<Object> poll(CountingLock lock, String uid) {
    Optional<OpenTicket> ticket = undecided(lock, uid);
    return ticket.isEmpty()
        ? state(lock.id(), uid).thenApply(view -> word(view))
        : call(ticket.get(), ON_ITS_WAY);
  }

  /** A call that is there to pick the lock up, from now until it is answered. */
  private CompletableFuture<Object> call(OpenTicket ticket, Duration waitTime) {
    ticket.calls.incrementAndGet();
    leases.claim(ticket.lease, true);
    CompletableFuture<Object> answer = new CompletableFuture<>();
    Continuation.of(
        ticket.lease.outcome(),
        outcome -> {
          if (!refused(outcome, answer)) {
            answer.complete(outcome instanceof LeaseOutcome.Granted ? "granted" : "expired");
          }
        });
    answer.completeOnTimeout("waiting", waitTime.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        answer.whenComplete((word, failure) -> {
          ticket.lastUse = System.nanoTime();
          if (ticket.calls.decrementAndGet() == 0 && !ticket.lease.outcome().isDone()) {
            leases.claim(ticket.lease, false);
          }
        });
    return answer;
  }

  private CompletableFuture<Optional<LeaseView>> state(LockId lock, String uid) {
    return leases
        .directory()
        .find(lock, uid)
        .thenApply(found -> found.orElseThrow(LockserverTickets::away).stream().findFirst());
  }

  private static Object word(Optional<LeaseView> view) {
    return view.isEmpty() ? "expired" : view.get().active() ? "granted" : "waiting";
  }

  /** Gives the lock or the place in the queue back; false if there was none. */
  CompletableFuture<Object> release(CountingLock lock, String uid) {
    return leases
        .removal()
        .release(lock.id(), uid)
        .thenApply(done -> {
          if (done.isEmpty()) {
            throw away();
          }
          open.remove(uid);
          return done.get();
        });
  }

  /** State, token and end of a ticket. */
  CompletableFuture<Object> info(CountingLock lock, String uid) {
    return state(lock.id(), uid)
        .thenApply(view -> {
          Map<String, Object> members = new LinkedHashMap<>();
          members.put("state", word(view));
          view.ifPresent(lease -> {
            members.put("ticket", lease.uid());
            describe(lease, members);
          });
          return members;
        });
  }

  private static void describe(LeaseView lease, Map<String, Object> members) {
    members.put("description", lease.title());
    members.put("since", String.valueOf(lease.since().getEpochSecond()));
    if (lease.active()) {
      members.put("token", Long.toString(lease.token()));
      lease
          .expires()
          .ifPresent(end -> members.put("expires", String.valueOf(end.getEpochSecond())));
    }
  }

  /**
   * Every lock with its holders and waiters.
   *
   * @param tickets whether to tell the tickets: who knows one can release it
   */
  List<Object> list(boolean tickets) {
    Map<String, List<LeaseView>> there = new LinkedHashMap<>();
    leases.directory().all().forEach(views -> there.put(views.get(0).lock().value(), views));
    List<Object> structs = new ArrayList<>();
    for (CountingLock lock : locks.values()) {
      List<LeaseView> views = there.getOrDefault(lock.id().value(), List.of());
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", lock.id().value());
      members.put("size", lock.size());
      members.put("holders", contenders(views, true, tickets));
      members.put("waiters", contenders(views, false, tickets));
      structs.add(members);
    }
    return structs;
  }

  private static List<Object> contenders(List<LeaseView> views, boolean active, boolean tickets) {
    List<Object> structs = new ArrayList<>();
    for (LeaseView view : views) {
      if (view.active() == active) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (tickets) {
          members.put("ticket", view.uid());
        }
        describe(view, members);
        structs.add(members);
      }
    }
    return structs;
  }
}
