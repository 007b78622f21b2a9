package org.lockex.security;

import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.spi.LoginModule;
import org.jspecify.annotations.Nullable;

/** Gives JAAS what a {@link SaslConnector} has ready for the connection that is being made. */
public final class SaslModule implements LoginModule {
  /** The option whose value is the connector. */
  static final String CONNECTOR = "connector";

  /** The option that says whether tickets are wanted, or the name alone. */
  static final String TICKETS = "tickets";

  private @Nullable SaslConnector connector;
  private @Nullable Subject subject;
  private boolean tickets;

  /** For the login context. */
  public SaslModule() {}

  @Override
  public void initialize(
      Subject subject, CallbackHandler handler, Map<String, ?> shared, Map<String, ?> options) {
    this.subject = subject;
    this.connector = (SaslConnector) options.get(CONNECTOR);
    this.tickets = Boolean.TRUE.equals(options.get(TICKETS));
  }

  @Override
  public boolean login() {
    return true;
  }

  @Override
  public boolean commit() {
    if (connector != null && subject != null) {
      connector.fill(subject, tickets);
    }
    return true;
  }

  @Override
  public boolean abort() {
    return true;
  }

  @Override
  public boolean logout() {
    return true;
  }
}
