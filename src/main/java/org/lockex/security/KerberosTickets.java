package org.lockex.security;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * Tickets of Kerberos, by the JDK's own login: with the keys in a keytab, or from the cache that
 * kinit(1) fills, which has to be a file ({@code KRB5CCNAME}, {@code /tmp/krb5cc_UID}).
 */
final class KerberosTickets {
  private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

  /** The mechanism's name (RFC 1964). */
  private static final String KERBEROS = "1.2.840.113554.1.2.2";

  private KerberosTickets() {}

  /**
   * The settings are where MIT's tools have them: the JDK knows /etc/krb5.conf, not the variable.
   */
  static void configure() {
    String file = System.getenv("KRB5_CONFIG");
    if (file != null && !file.isEmpty()) {
      System.setProperty("java.security.krb5.conf", file.split(":", 2)[0]);
    }
  }

  /** Asks for a ticket with which others can be had. */
  static Subject of(SaslLogin.Kerberos login) throws LoginException, IOException {
    Map<String, String> options = new HashMap<>();
    options.put("principal", login.principal());
    options.put("doNotPrompt", "true");
    options.put("refreshKrb5Config", "true");
    if (login.keytab().isPresent()) {
      // The login says of a keytab that it cannot read that it has no key.
      byte[] _ = SecretFile.read(login.keytab().get());
      options.put("useKeyTab", "true");
      options.put("keyTab", login.keytab().get().toString());
    } else {
      options.put("useTicketCache", "true");
    }
    LoginContext context = new LoginContext("", null, null, new OneModule(options));
    context.login();
    return context.getSubject();
  }

  static SaslFailure failure(SaslLogin.Kerberos login, LoginException e) {
    if (isSilence(e)) {
      return new SaslFailure("no server of Kerberos (KDC) answers: " + e.getMessage(), true);
    }
    String message = String.valueOf(e.getMessage()).replaceFirst("^KrbException: ", "");
    if (message.startsWith("Unable to obtain")) {
      return new SaslFailure(
          login.keytab().isPresent()
              ? login.keytab().get() + ": has no key of " + login.principal()
              : "no ticket of " + login.principal() + " that is valid (kinit gets one)",
          false);
    }
    return new SaslFailure("Kerberos refuses " + login.principal() + ": " + message, false);
  }

  private static boolean isSilence(Throwable e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof java.net.SocketException
          || cause instanceof java.net.SocketTimeoutException
          || cause instanceof java.net.UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  /**
   * Asks for the ticket to the server again, which the client has done without telling the answer.
   */
  static String refusal(SaslLogin.Kerberos login, Subject ready, String host) {
    String service = "zookeeper@" + host;
    try {
      Subject.callAs(
          ready,
          () -> {
            GSSManager manager = GSSManager.getInstance();
            GSSContext context =
                manager.createContext(
                    manager.createName(service, GSSName.NT_HOSTBASED_SERVICE),
                    new Oid(KERBEROS),
                    null,
                    GSSContext.DEFAULT_LIFETIME);
            byte[] token = context.initSecContext(new byte[0], 0, 0);
            context.dispose();
            return token;
          });
    } catch (CompletionException e) {
      String why = e.getCause() instanceof GSSException gss ? gss.getMinorString() : e.getMessage();
      return "no ticket of " + login.principal() + " for " + service + ": " + why;
    }
    return "the server refused " + login.principal() + ", or knows no Kerberos";
  }

  private static final class OneModule extends Configuration {
    private final Map<String, String> options;

    OneModule(Map<String, String> options) {
      this.options = options;
    }

    @Override
    public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
      return new AppConfigurationEntry[] {
        new AppConfigurationEntry(
            MODULE, AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options)
      };
    }
  }
}
