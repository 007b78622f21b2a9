package org.lockex.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.lockex.znode.LockId;

/**
 * lockserver's queries: places in a queue that outlive the call that took them. A ticket that no
 * call uses for the lock's expiration time leaves; one whose turn has come and that nobody waits
 * for leaves after the grace time. The ticket is the uid of the queue node, so a granted one can be
 * released through any lockexd.
 */
final class Tickets {
  private static final Duration EVER = Duration.ofDays(3650);
  private static final Duration LONGEST_CALL = Duration.ofMinutes(5);
  private static final int MOST_DESCRIPTION = 1024;

  private final Leases leases;
  private final Map<String, CountingLock> locks;
  private final Map<String, Ticket> open = new ConcurrentHashMap<>();

  Tickets(Leases leases, List<CountingLock> locks) {
    this.leases = leases;
    Map<String, CountingLock> byName = new LinkedHashMap<>();
    locks.forEach(lock -> byName.put(lock.id().value(), lock));
    this.locks = Map.copyOf(byName);
  }

  void declare(Map<String, XmlRpc.Method> methods) {
    methods.put(
        "lock.query",
        new XmlRpc.Method(
            List.of("string", "string", "string"),
            "lock.query(name, description): joins the lock's queue and returns a ticket.",
            (exchange, p) -> query(lock(XmlRpc.text(p, 0)), XmlRpc.text(p, 1), exchange.client())));
    methods.put(
        "lock.wait",
        new XmlRpc.Method(
            List.of("string", "string", "string", "double"),
            "lock.wait(name, ticket, seconds): waits for the turn; returns granted, waiting (call"
                + " again) or expired.",
            (exchange, p) ->
                await(exchange, lock(XmlRpc.text(p, 0)), XmlRpc.text(p, 1), seconds(p.get(2)))));
    methods.put(
        "lock.release",
        new XmlRpc.Method(
            List.of("boolean", "string", "string"),
            "lock.release(name, ticket): gives the lock, or the place in the queue, back; false if"
                + " there was none.",
            (exchange, p) -> release(lock(XmlRpc.text(p, 0)), XmlRpc.text(p, 1))));
    methods.put(
        "lock.info",
        new XmlRpc.Method(
            List.of("struct", "string", "string"),
            "lock.info(name, ticket): state (granted, waiting or expired), and when granted the"
                + " fencing token and when it expires (seconds of Unix time), as strings.",
            (exchange, p) -> info(lock(XmlRpc.text(p, 0)), XmlRpc.text(p, 1))));
    methods.put(
        "lock.list",
        new XmlRpc.Method(
            List.of("array"),
            "lock.list(): for each lock its name, size, holders and waiters, each with ticket,"
                + " description, since and token.",
            (exchange, p) -> XmlRpc.done(list())));
  }

  private CountingLock lock(String name) {
    CountingLock lock = locks.get(name);
    if (lock == null) {
      throw new XmlRpc.Fault(XmlRpc.NO_SUCH_LOCK, "no such lock: " + name);
    }
    return lock;
  }

  private static Duration seconds(Object value) {
    String text =
        value instanceof Long || value instanceof Double ? String.valueOf(value) : "not a number";
    Duration seconds =
        Seconds.of(text)
            .orElseThrow(
                () -> new XmlRpc.Fault(XmlRpc.PARAMETERS, "seconds must be a number >= 0"));
    return seconds.compareTo(LONGEST_CALL) > 0 ? LONGEST_CALL : seconds;
  }

  private CompletableFuture<Object> query(CountingLock lock, String description, String client) {
    if (description.length() > MOST_DESCRIPTION) {
      throw new XmlRpc.Fault(XmlRpc.PARAMETERS, "the description is too long");
    }
    Ticket ticket =
        leases.acquire(
            new LeaseRequest(
                lock.id(),
                lock.size(),
                XmlRpc.NAME,
                client,
                description,
                Optional.empty(),
                EVER,
                lock.maxLockTime(),
                lock.grace()));
    open.put(ticket.uid(), ticket);
    Later.on(
        ticket.outcome,
        outcome -> leases.later(lock.expiration(), () -> open.remove(ticket.uid())));
    use(lock, ticket);
    CompletableFuture<Object> answer = new CompletableFuture<>();
    Later.on(ticket.joined, there -> answer.complete(ticket.uid()));
    Later.on(
        ticket.outcome,
        outcome -> {
          switch (outcome) {
            case Outcome.OtherShape() ->
                answer.completeExceptionally(
                    new XmlRpc.Fault(XmlRpc.OTHER_SIZE, "the lock is in use with another size"));
            case Outcome.TooMany(boolean mine) ->
                answer.completeExceptionally(
                    new XmlRpc.Fault(XmlRpc.TOO_MANY, "too many requests wait"));
            case Outcome.Unavailable() -> answer.completeExceptionally(away());
            default -> answer.complete(ticket.uid());
          }
        });
    return answer;
  }

  private static XmlRpc.Fault away() {
    return new XmlRpc.Fault(XmlRpc.AWAY, "the lock service is away; try again");
  }

  /** A call has just used the ticket: it lives on for its expiration time. */
  private void use(CountingLock lock, Ticket ticket) {
    int uses = ticket.uses.incrementAndGet();
    leases.later(
        lock.expiration(),
        () -> {
          if (ticket.uses.get() == uses) {
            leases.hangUp(ticket);
          }
        });
  }

  private CompletableFuture<Object> await(
      Exchange exchange, CountingLock lock, String uid, Duration patience) {
    Ticket ticket = open.get(uid);
    if (ticket == null || !ticket.wanted.lock().equals(lock.id())) {
      return state(lock.id(), uid).thenApply(view -> word(view));
    }
    // While a call waits nothing expires.
    ticket.uses.incrementAndGet();
    leases.claim(ticket, true);
    CompletableFuture<Object> answer = new CompletableFuture<>();
    exchange.onHangUp(() -> {
      answer.cancel(false);
      left(lock, ticket);
    });
    Later.on(ticket.outcome, outcome -> told(outcome, answer));
    answer.completeOnTimeout("waiting", patience.toMillis(), TimeUnit.MILLISECONDS);
    Later.on(
        answer,
        word -> {
          if (word.equals("waiting")) {
            left(lock, ticket);
          }
        });
    return answer;
  }

  private void left(CountingLock lock, Ticket ticket) {
    leases.claim(ticket, false);
    use(lock, ticket);
  }

  private static void told(Outcome outcome, CompletableFuture<Object> answer) {
    switch (outcome) {
      case Outcome.Granted granted -> answer.complete("granted");
      case Outcome.Unavailable() -> answer.completeExceptionally(away());
      case Outcome.OtherShape() ->
          answer.completeExceptionally(
              new XmlRpc.Fault(XmlRpc.OTHER_SIZE, "the lock is in use with another size"));
      default -> answer.complete("expired");
    }
  }

  private CompletableFuture<Optional<LeaseView>> state(LockId lock, String uid) {
    return leases
        .census()
        .find(lock, uid)
        .thenApply(found -> found.orElseThrow(Tickets::away).stream().findFirst());
  }

  private static Object word(Optional<LeaseView> view) {
    return view.isEmpty() ? "expired" : view.get().active() ? "granted" : "waiting";
  }

  private CompletableFuture<Object> release(CountingLock lock, String uid) {
    return leases
        .release(lock.id(), uid)
        .thenApply(done -> {
          if (done.isEmpty()) {
            throw away();
          }
          open.remove(uid);
          return done.get();
        });
  }

  private CompletableFuture<Object> info(CountingLock lock, String uid) {
    return state(lock.id(), uid)
        .thenApply(view -> {
          Map<String, Object> members = new LinkedHashMap<>();
          members.put("state", word(view));
          view.ifPresent(lease -> describe(lease, members));
          return members;
        });
  }

  private static void describe(LeaseView lease, Map<String, Object> members) {
    members.put("ticket", lease.uid());
    members.put("description", lease.title());
    members.put("since", String.valueOf(lease.since().getEpochSecond()));
    if (lease.active()) {
      members.put("token", Long.toString(lease.token()));
      lease
          .expires()
          .ifPresent(end -> members.put("expires", String.valueOf(end.getEpochSecond())));
    }
  }

  private List<Object> list() {
    Map<String, List<LeaseView>> there = new LinkedHashMap<>();
    leases.census().all().forEach(views -> there.put(views.get(0).lock().value(), views));
    List<Object> structs = new ArrayList<>();
    for (CountingLock lock : locks.values()) {
      List<LeaseView> views = there.getOrDefault(lock.id().value(), List.of());
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", lock.id().value());
      members.put("size", lock.size());
      members.put("holders", contenders(views, true));
      members.put("waiters", contenders(views, false));
      structs.add(members);
    }
    return structs;
  }

  private static List<Object> contenders(List<LeaseView> views, boolean active) {
    List<Object> structs = new ArrayList<>();
    for (LeaseView view : views) {
      if (view.active() == active) {
        Map<String, Object> members = new LinkedHashMap<>();
        describe(view, members);
        structs.add(members);
      }
    }
    return structs;
  }
}
