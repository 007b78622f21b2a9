package org.lockex.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The administrators' file, and what a login costs. */
class AdminUsersTest {
  private static final Path FILE = Path.of("users");

  /** How many rounds bcrypt has made. */
  private final AtomicLong rounds = new AtomicLong();

  private final AtomicLong nanos = new AtomicLong();

  private static String bcrypt(int cost, String password) {
    return BCrypt.withDefaults().hashToString(cost, password.toCharArray()).replace("$2a$", "$2y$");
  }

  private AdminUsers users(String... lines) throws Exception {
    return new AdminUsers(
        AdminUsers.users(FILE, List.of(lines)),
        (password, hash) -> {
          rounds.addAndGet(
              1L << Integer.parseInt(new String(hash, 4, 2, StandardCharsets.US_ASCII)));
          return BCrypt.verifyer(null, null).verify(password, hash).verified;
        },
        nanos::get);
  }

  private long roundsOf(AdminUsers users, String user, String password, boolean right) {
    long before = rounds.get();
    assertEquals(right, users.check(new Login(user, password)), user + ":" + password);
    return rounds.get() - before;
  }

  @Test
  void unknown_users_and_wrong_passwords_take_the_same_work_as_right_ones() throws Exception {
    AdminUsers users =
        users(
            "four:" + bcrypt(4, "a"),
            "five:" + bcrypt(5, "b"),
            "seven:" + bcrypt(7, "c"),
            "plain:d");
    for (String[] login :
        new String[][] {
          {"four", "a", "right"},
          {"five", "b", "right"},
          {"seven", "c", "right"},
          {"plain", "d", "right"},
          {"four", "x"},
          {"five", ""},
          {"seven", "a"},
          {"plain", "c"},
          {"plain", ""},
          {"nobody", "d"},
          {"nobody", ""},
          {"", ""},
          {"four", "a".repeat(72)},
          {"four", "a".repeat(100)},
          {"nobody", "a".repeat(100)},
        }) {
      assertEquals(1 << 7, roundsOf(users, login[0], login[1], login.length > 2), login[0]);
    }
  }

  @Test
  void a_password_beyond_what_bcrypt_reads_is_wrong_even_where_its_beginning_is_right()
      throws Exception {
    String longest = "p".repeat(72);
    AdminUsers users = users("anna:" + bcrypt(4, longest));
    assertTrue(users.check(new Login("anna", longest)));
    assertFalse(users.check(new Login("anna", longest + "p")));
  }

  @Test
  void without_any_hash_nothing_is_hashed_and_nobody_gets_in_without_a_password() throws Exception {
    AdminUsers users = users("# people", "", "plain:with:colon");
    assertEquals(0, roundsOf(users, "plain", "with:colon", true));
    assertEquals(0, roundsOf(users, "plain", "with", false));
    assertEquals(0, roundsOf(users, "nobody", "", false));
  }

  @Test
  void a_right_login_is_remembered_for_a_minute_and_by_these_users_only() throws Exception {
    String line = "anna:" + bcrypt(4, "geheim");
    AdminUsers users = users(line);
    Login right = new Login("anna", "geheim");
    assertFalse(users.remembers(right));
    users.check(right);
    users.check(new Login("anna", "falsch"));
    assertTrue(users.remembers(right));
    assertFalse(users.remembers(new Login("anna", "falsch")));
    assertFalse(users.remembers(new Login("annag", "eheim")));
    assertFalse(users(line).remembers(right), "read again");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(61));
    assertFalse(users.remembers(right));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$apr1$wI2lEtGW$TwOnrPZo9ESYUcZL6GDYg/",
        "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        "$1$wI2lEtGW$TwOnrPZo9ESYUcZL6GDYg/",
        "$5$saltsalt$9eVOVLxLUQBmDFgWUIMqWnb6h5.RdQkxWpW8s9YIsQD",
        "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
        "$y$j9T$saltsalt$abc",
        "$2y$05$tooshort",
        "$2y$03$CwTycUXWue0Thq9StjUM0uJ8jHjzjTGyBrVfHJMkvLJvZ0s6nQ5bK",
        "$2y$31$CwTycUXWue0Thq9StjUM0uJ8jHjzjTGyBrVfHJMkvLJvZ0s6nQ5bK",
        "$2x$05$CwTycUXWue0Thq9StjUM0uJ8jHjzjTGyBrVfHJMkvLJvZ0s6nQ5bK",
        ""
      })
  void what_is_neither_bcrypt_nor_plain_is_refused_with_its_line(String password) {
    AdminUsers.BadLine bad =
        assertThrows(
            AdminUsers.BadLine.class,
            () -> AdminUsers.users(FILE, List.of("# people", "bob:plain", "anna:" + password)));
    String message = String.valueOf(bad.getMessage());
    assertTrue(message.startsWith("users:3: user anna has "), message);
    assertFalse(password.length() > 0 && message.contains(password), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"anna", ":geheim", "bob:other"})
  void a_line_without_a_user_or_password_and_a_user_twice_are_refused(String line) {
    AdminUsers.BadLine bad =
        assertThrows(
            AdminUsers.BadLine.class, () -> AdminUsers.users(FILE, List.of("bob:plain", line)));
    assertTrue(String.valueOf(bad.getMessage()).startsWith("users:2: "), bad.getMessage());
  }

  @Test
  void so_many_are_hashed_at_once_so_many_wait_and_more_are_not_taken() throws Exception {
    PasswordThreads threads = new PasswordThreads(2, 3);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch both = new CountDownLatch(2);
    CountDownLatch ran = new CountDownLatch(5);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Runnable check =
        () -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          both.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          atOnce.decrementAndGet();
          ran.countDown();
        };
    for (int i = 0; i < 5; i++) {
      assertTrue(threads.take(check));
    }
    assertFalse(threads.take(check));
    assertTrue(both.await(20, TimeUnit.SECONDS));
    end.countDown();
    assertTrue(ran.await(20, TimeUnit.SECONDS));
    assertEquals(2, most.get());
  }
}
