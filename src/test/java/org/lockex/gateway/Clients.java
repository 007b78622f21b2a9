package org.lockex.gateway;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.PendingLease;
import org.lockex.znode.LockId;

/** The same client in every dialect, and in none. */
final class Clients {
  static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Clients() {}

  static HttpResponse<String> send(String method, String url, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  /** The fencing token in the headers of an answer. */
  private static OptionalLong token(HttpResponse<String> answer) {
    return answer.headers().firstValueAsLong("Lockex-Token");
  }

  /** Sends bytes on a connection of their own and returns all that comes back. */
  static String raw(int port, String bytes) throws Exception {
    try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try (InputStream in = socket.getInputStream()) {
        in.transferTo(answer);
      } catch (java.net.SocketException e) {
        // A reset is an end, too.
      }
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** The lease model itself. */
  record Model(TestGateway gateway) implements Client {
    @Override
    public Optional<Held> acquire(String lock) {
      PendingLease ticket =
          gateway.leases.acquire(
              new LeaseRequest(
                  LockId.of(lock),
                  1,
                  "test",
                  "test",
                  "test",
                  Optional.empty(),
                  gateway.wait,
                  gateway.lifetime,
                  java.time.Duration.ZERO));
      return ticket.outcome().join() instanceof LeaseOutcome.Granted(LeaseView lease)
          ? Optional.of(new Held(lock, lease.uid(), OptionalLong.of(lease.token())))
          : Optional.empty();
    }

    @Override
    public boolean release(Held held) {
      return gateway
          .leases
          .removal()
          .release(LockId.of(held.lock()), held.handle())
          .join()
          .orElseThrow();
    }

    private Optional<LeaseView> find(Held held) {
      return gateway
          .leases
          .directory()
          .find(LockId.of(held.lock()), held.handle())
          .join()
          .orElseThrow()
          .stream()
          .filter(LeaseView::active)
          .findFirst();
    }

    @Override
    public boolean holds(Held held) {
      return find(held).isPresent();
    }
  }

  /** RDLM over HTTP. */
  record OverRdlm(TestGateway gateway) implements Client {
    @Override
    public Optional<Held> acquire(String lock) throws Exception {
      HttpResponse<String> answer =
          send(
              "POST",
              gateway.url("/locks/" + lock),
              "{\"title\":\"t\",\"wait\":%s,\"lifetime\":%s}"
                  .formatted(
                      gateway.wait.toMillis() / 1000.0, gateway.lifetime.toMillis() / 1000.0));
      if (answer.statusCode() == 408) {
        return Optional.empty();
      }
      String url = answer.headers().firstValue("Location").orElseThrow();
      return Optional.of(
          new Held(lock, url.substring(url.indexOf("/locks/")), Clients.token(answer)));
    }

    @Override
    public boolean release(Held held) throws Exception {
      return send("DELETE", gateway.url(held.handle()), "").statusCode() == 204;
    }

    @Override
    public boolean holds(Held held) throws Exception {
      HttpResponse<String> answer = send("GET", gateway.url(held.handle()), "");
      return answer.statusCode() == 200 && answer.body().contains("\"active\":true");
    }
  }

  /** Lock::Server, over bare sockets, or with an HTTP version and so with headers. */
  record OverLines(TestGateway gateway, boolean bare) implements Client {
    private static final AtomicInteger REQUESTERS = new AtomicInteger();

    private String ask(String path) throws Exception {
      return raw(gateway.port, "GET " + path + "\n\n").strip();
    }

    @Override
    public Optional<Held> acquire(String lock) throws Exception {
      String requester = "requester" + REQUESTERS.incrementAndGet();
      String path = "/LOCK/" + lock + "/" + requester;
      if (bare) {
        return held(lock, requester, ask(path), OptionalLong.empty());
      }
      HttpResponse<String> answer = send("GET", gateway.url(path), "");
      return held(lock, requester, answer.body(), Clients.token(answer));
    }

    private static Optional<Held> held(
        String lock, String requester, String answer, OptionalLong token) {
      return Double.parseDouble(answer) > 1
          ? Optional.of(new Held(lock, requester, token))
          : Optional.empty();
    }

    @Override
    public boolean release(Held held) throws Exception {
      return ask("/UNLOCK/" + held.lock() + "/" + held.handle()).equals("1");
    }

    @Override
    public boolean holds(Held held) throws Exception {
      return ask("/VERIFY/" + held.lock() + "/" + held.handle()).equals("1");
    }
  }

  /** lockserver over XML-RPC. */
  record OverXmlRpc(TestGateway gateway) implements Client {
    private static final Pattern STRING = Pattern.compile("<string>([^<]*)</string>");
    private static final Pattern TOKEN = Pattern.compile("<name>token</name><value><string>(\\d+)");

    String call(String method, Object... parameters) throws Exception {
      StringBuilder xml = new StringBuilder("<?xml version='1.0'?><methodCall><methodName>");
      xml.append(method).append("</methodName><params>");
      for (Object parameter : parameters) {
        String type = parameter instanceof String ? "string" : "double";
        xml.append("<param><value><" + type + ">" + parameter + "</" + type + "></value></param>");
      }
      xml.append("</params></methodCall>");
      return send("POST", gateway.url("/RPC2"), xml.toString(), "Content-Type", "text/xml").body();
    }

    static String string(String xml) {
      Matcher matcher = STRING.matcher(xml);
      if (!matcher.find()) {
        throw new AssertionError(xml);
      }
      return matcher.group(1);
    }

    private static OptionalLong token(String info) {
      Matcher matcher = TOKEN.matcher(info);
      return matcher.find()
          ? OptionalLong.of(Long.parseLong(matcher.group(1)))
          : OptionalLong.empty();
    }

    @Override
    public Optional<Held> acquire(String lock) throws Exception {
      String ticket = string(call("lock.query", lock, "text about me"));
      String word = string(call("lock.wait", lock, ticket, gateway.wait.toMillis() / 1000.0));
      if (word.equals("granted")) {
        return Optional.of(new Held(lock, ticket, token(call("lock.info", lock, ticket))));
      }
      call("lock.release", lock, ticket);
      return Optional.empty();
    }

    @Override
    public boolean release(Held held) throws Exception {
      return call("lock.release", held.lock(), held.handle()).contains("<boolean>1</boolean>");
    }

    @Override
    public boolean holds(Held held) throws Exception {
      return call("lock.info", held.lock(), held.handle()).contains("<string>granted</string>");
    }
  }
}
