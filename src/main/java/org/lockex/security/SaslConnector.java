package org.lockex.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;

/**
 * Has ready, for every connection anew, what ZooKeeper's client logs in with by SASL.
 *
 * <p>The client logs in to JAAS once, with the entry {@value #CLIENT}, and reads the subject of
 * that login at every connection. For a password that subject is changed. For Kerberos it has the
 * principal alone, because the client would renew a ticket in it by a thread and by kinit(1); the
 * tickets are fetched by the JDK's Kerberos, at every connection, with the entry {@value #TICKETS}.
 */
public final class SaslConnector {
  private static final String CLIENT = "Client";

  /** The JDK's name; it looks there when the subject has no ticket, if it is allowed to. */
  private static final String TICKETS = "com.sun.security.jgss.krb5.initiate";

  private final SaslLogin login;
  private final Subject ready = new Subject();
  private @Nullable Subject ofClient;
  private volatile @Nullable SaslFailure failure;
  private volatile boolean asking;

  /**
   * One for a process: JAAS has one configuration.
   *
   * @param login who we are
   */
  public SaslConnector(SaslLogin login) {
    this.login = login;
    Configuration.setConfiguration(new Entries());
    if (login instanceof SaslLogin.Kerberos) {
      System.setProperty("javax.security.auth.useSubjectCredsOnly", "false");
      KerberosTickets.configure();
    }
  }

  /**
   * Reads the secret, or asks for a ticket; before each connection.
   *
   * @throws UncheckedIOException where there is none: the connection is not made, and the next one
   *     tries again
   */
  void prepare() {
    asking = true;
    try {
      Subject now = subject();
      synchronized (this) {
        replace(ready, now);
        if (ofClient != null && login instanceof SaslLogin.Password) {
          replace(ofClient, now);
        }
      }
      failure = null;
    } catch (IOException e) {
      failure = new SaslFailure(words(e), false);
      throw new UncheckedIOException(e);
    } catch (LoginException e) {
      failure = KerberosTickets.failure((SaslLogin.Kerberos) login, e);
      throw new UncheckedIOException(new IOException(e));
    } finally {
      asking = false;
    }
  }

  private Subject subject() throws IOException, LoginException {
    if (login instanceof SaslLogin.Kerberos kerberos) {
      return KerberosTickets.of(kerberos);
    }
    DigestLogin read = DigestLogin.in(((SaslLogin.Password) login).file());
    Subject subject = new Subject();
    subject.getPublicCredentials().add(read.user());
    subject
        .getPrivateCredentials()
        .add(new String(read.secret(), UTF_8).substring(read.user().length() + 1));
    return subject;
  }

  private static void replace(Subject subject, Subject by) {
    subject.getPrincipals().clear();
    subject.getPublicCredentials().clear();
    subject.getPrivateCredentials().clear();
    subject.getPrincipals().addAll(by.getPrincipals());
    subject.getPublicCredentials().addAll(by.getPublicCredentials());
    subject.getPrivateCredentials().addAll(by.getPrivateCredentials());
  }

  /** Fills the subject of a login to JAAS. */
  synchronized void fill(Subject subject, boolean tickets) {
    if (tickets || login instanceof SaslLogin.Password) {
      replace(subject, ready);
    } else {
      subject.getPrincipals().addAll(ready.getPrincipals());
    }
    if (!tickets) {
      ofClient = subject;
    }
  }

  /** {@return why the last connection was not made; empty if that was not the reason} */
  public Optional<SaslFailure> failure() {
    return Optional.ofNullable(failure);
  }

  /** {@return whether somebody is being asked for a ticket, and has not answered yet} */
  public boolean isAsking() {
    return asking;
  }

  /** Looks for the reason why a server did not accept us: one clause. */
  String refusal(String host) {
    if (login instanceof SaslLogin.Kerberos kerberos) {
      return KerberosTickets.refusal(kerberos, ready, host);
    }
    String user = "";
    for (Object name : ready.getPublicCredentials()) {
      user = String.valueOf(name);
    }
    return "the server refused user " + user + " or its password, or knows no SASL";
  }

  private static String words(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> missing.getFile() + ": no such file";
      case java.nio.file.AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other -> String.valueOf(other.getMessage());
      default -> String.valueOf(e.getMessage());
    };
  }

  private final class Entries extends Configuration {
    @Override
    public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
      boolean tickets = name.equals(TICKETS);
      if (!tickets && !name.equals(CLIENT)) {
        return null;
      }
      return new AppConfigurationEntry[] {
        new AppConfigurationEntry(
            SaslModule.class.getName(),
            AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
            Map.of(SaslModule.CONNECTOR, SaslConnector.this, SaslModule.TICKETS, tickets))
      };
    }
  }
}
