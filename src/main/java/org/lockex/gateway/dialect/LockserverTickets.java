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
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.lease.Later;
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
  private static final Duration EVER = Duration.ofDays(3650);
  private static final Duration LONGEST_CALL = Duration.ofMinutes(5);
  private static final int MOST_DESCRIPTION = 1024;

  private final Leases leases;
  private final Map<String, CountingLock> locks;
  private final Map<String, PendingLease> open = new ConcurrentHashMap<>();

  public LockserverTickets(Leases leases, List<CountingLock> locks) {
    this.leases = leases;
    Map<String, CountingLock> byName = new LinkedHashMap<>();
    locks.forEach(lock -> byName.put(lock.id().value(), lock));
    this.locks = Map.copyOf(byName);
  }

  void declare(Map<String, XmlRpcDialect.Method> methods) {
    methods.put(
        "lock.query",
        new XmlRpcDialect.Method(
            List.of("string", "string", "string"),
            "lock.query(name, description): joins the lock's queue and returns a ticket.",
            (exchange, p) ->
                query(
                    lock(XmlRpcDialect.text(p, 0)), XmlRpcDialect.text(p, 1), exchange.client())));
    methods.put(
        "lock.wait",
        new XmlRpcDialect.Method(
            List.of("string", "string", "string", "double"),
            "lock.wait(name, ticket, seconds): waits for the turn; returns granted, waiting (call"
                + " again) or expired.",
            (exchange, p) ->
                await(
                    exchange,
                    lock(XmlRpcDialect.text(p, 0)),
                    XmlRpcDialect.text(p, 1),
                    seconds(p.get(2)))));
    methods.put(
        "lock.release",
        new XmlRpcDialect.Method(
            List.of("boolean", "string", "string"),
            "lock.release(name, ticket): gives the lock, or the place in the queue, back; false if"
                + " there was none.",
            (exchange, p) -> release(lock(XmlRpcDialect.text(p, 0)), XmlRpcDialect.text(p, 1))));
    methods.put(
        "lock.info",
        new XmlRpcDialect.Method(
            List.of("struct", "string", "string"),
            "lock.info(name, ticket): state (granted, waiting or expired), and when granted the"
                + " fencing token and when it expires (seconds of Unix time), as strings.",
            (exchange, p) -> info(lock(XmlRpcDialect.text(p, 0)), XmlRpcDialect.text(p, 1))));
    methods.put(
        "lock.list",
        new XmlRpcDialect.Method(
            List.of("array"),
            "lock.list(): for each lock its name, size, holders and waiters, each with ticket,"
                + " description, since and token.",
            (exchange, p) -> XmlRpcDialect.done(list())));
  }

  private CountingLock lock(String name) {
    CountingLock lock = locks.get(name);
    if (lock == null) {
      throw new XmlRpcDialect.RpcFault(XmlRpcDialect.NO_SUCH_LOCK, "no such lock: " + name);
    }
    return lock;
  }

  private static Duration seconds(Object value) {
    String text =
        value instanceof Long || value instanceof Double ? String.valueOf(value) : "not a number";
    Duration seconds =
        Seconds.of(text)
            .orElseThrow(() ->
                new XmlRpcDialect.RpcFault(
                    XmlRpcDialect.PARAMETERS, "seconds must be a number >= 0"));
    return seconds.compareTo(LONGEST_CALL) > 0 ? LONGEST_CALL : seconds;
  }

  private CompletableFuture<Object> query(CountingLock lock, String description, String client) {
    if (description.length() > MOST_DESCRIPTION) {
      throw new XmlRpcDialect.RpcFault(XmlRpcDialect.PARAMETERS, "the description is too long");
    }
    PendingLease ticket =
        leases.acquire(
            new LeaseRequest(
                lock.id(),
                lock.size(),
                XmlRpcDialect.NAME,
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
            case LeaseOutcome.OtherShape() ->
                answer.completeExceptionally(
                    new XmlRpcDialect.RpcFault(
                        XmlRpcDialect.OTHER_SIZE, "the lock is in use with another size"));
            case LeaseOutcome.TooMany(boolean mine) ->
                answer.completeExceptionally(
                    new XmlRpcDialect.RpcFault(XmlRpcDialect.TOO_MANY, "too many requests wait"));
            case LeaseOutcome.Unavailable() -> answer.completeExceptionally(away());
            default -> answer.complete(ticket.uid());
          }
        });
    return answer;
  }

  private static XmlRpcDialect.RpcFault away() {
    return new XmlRpcDialect.RpcFault(XmlRpcDialect.AWAY, "the lock service is away; try again");
  }

  /** A call has just used the ticket: it lives on for its expiration time. */
  private void use(CountingLock lock, PendingLease ticket) {
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
      HttpExchange exchange, CountingLock lock, String uid, Duration patience) {
    PendingLease ticket = open.get(uid);
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

  private void left(CountingLock lock, PendingLease ticket) {
    leases.claim(ticket, false);
    use(lock, ticket);
  }

  private static void told(LeaseOutcome outcome, CompletableFuture<Object> answer) {
    switch (outcome) {
      case LeaseOutcome.Granted granted -> answer.complete("granted");
      case LeaseOutcome.Unavailable() -> answer.completeExceptionally(away());
      case LeaseOutcome.OtherShape() ->
          answer.completeExceptionally(
              new XmlRpcDialect.RpcFault(
                  XmlRpcDialect.OTHER_SIZE, "the lock is in use with another size"));
      default -> answer.complete("expired");
    }
  }

  private CompletableFuture<Optional<LeaseView>> state(LockId lock, String uid) {
    return leases
        .census()
        .find(lock, uid)
        .thenApply(found -> found.orElseThrow(LockserverTickets::away).stream().findFirst());
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
