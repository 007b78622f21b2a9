package org.lockex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.security.ClientSecurity;
import org.lockex.security.DigestLogin;
import org.lockex.security.NodeAcl;
import org.lockex.security.SaslLogin;
import org.lockex.security.SecretFile;
import org.lockex.security.TlsFiles;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that say how to speak to ZooKeeper and who we are there. Each counts on the command
 * line, else in the environment, else in the settings of the machine.
 */
final class SecurityOptions {
  /** Each with its variable. */
  private static final String[][] NAMES = {
    {"--zk-tls", "LOCKEX_ZK_TLS"},
    {"--zk-cacert", "LOCKEX_ZK_CACERT"},
    {"--zk-cert", "LOCKEX_ZK_CERT"},
    {"--zk-key", "LOCKEX_ZK_KEY"},
    {"--zk-auth", "LOCKEX_ZK_AUTH"},
    {"--zk-acl", "LOCKEX_ZK_ACL"},
  };

  private static final String DIGEST = "digest:";
  private static final String SASL = "sasl:";
  private static final String KERBEROS = "kerberos:";

  private final ParseResult parsed;
  private final Function<String, Optional<String>> environment;
  private final Defaults defaults;

  private SecurityOptions(
      ParseResult parsed, Function<String, Optional<String>> environment, Defaults defaults) {
    this.parsed = parsed;
    this.environment = environment;
    this.defaults = defaults;
  }

  static void declare(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.flag("TLS to ZooKeeper, with the authorities of the system", "--zk-tls"))
        .addOption(
            OptionSpecs.value("FILE", "TLS with the authorities in FILE, PEM", "--zk-cacert"))
        .addOption(OptionSpecs.value("FILE", "TLS, and our certificate for it, PEM", "--zk-cert"))
        .addOption(OptionSpecs.value("FILE", "the private key to it, PEM", "--zk-key"))
        .addOption(
            OptionSpecs.value(
                "AUTH",
                "who we are for ZooKeeper: digest:FILE or sasl:FILE, which holds user:password, or"
                    + " kerberos:PRINCIPAL[:KEYTAB]",
                "--zk-auth"))
        .addOption(
            // Not a list, which would cost every start more: each value is kept as it was given.
            OptionSpecs.value(
                "ACL",
                "who may use our nodes: open, creator or SCHEME:ID:PERMS; may be given again"
                    + " (default: open)",
                "--zk-acl"));
  }

  /**
   * Reads the options.
   *
   * @param warnings where those are put that are to be told at every start
   * @throws UsageException where a value is wrong, or a file cannot be used
   */
  static ClientSecurity read(
      ParseResult parsed,
      Function<String, Optional<String>> environment,
      Defaults defaults,
      List<String> warnings)
      throws UsageException {
    SecurityOptions options = new SecurityOptions(parsed, environment, defaults);
    Optional<TlsFiles> tls = options.tls();
    Optional<Setting> auth = options.setting("--zk-auth");
    Optional<SaslLogin> sasl = auth.isPresent() ? sasl(auth.get()) : Optional.empty();
    Optional<DigestLogin> login =
        auth.isPresent() && sasl.isEmpty() ? Optional.of(login(auth.get())) : Optional.empty();
    if (login.isPresent() && tls.isEmpty()) {
      warnings.add("log in on ZooKeeper: without TLS (--zk-tls) the password is sent in the clear");
    }
    boolean identity = auth.isPresent() || (tls.isPresent() && tls.get().certificate().isPresent());
    return new ClientSecurity(tls, login, sasl, options.acl(identity));
  }

  /**
   * The servers of this machine have their own way.
   *
   * @param servers the option that chose them
   * @throws UsageException if one of the options stands on the command line
   */
  static void refuseWith(String servers, ParseResult parsed) throws UsageException {
    for (String[] names : NAMES) {
      if (parsed.hasMatchedOption(names[0])) {
        throw new UsageException(servers + " and " + names[0] + " exclude each other");
      }
    }
  }

  private Optional<TlsFiles> tls() throws UsageException {
    Optional<Setting> authorities = setting("--zk-cacert");
    Optional<Setting> certificate = setting("--zk-cert");
    Optional<Setting> key = setting("--zk-key");
    if (!parsed.hasMatchedOption("--zk-tls")) {
      Optional<Setting> asked = setting("--zk-tls");
      boolean off = asked.isPresent() && asked.get().isOff();
      if (off
          || (asked.isEmpty() && authorities.isEmpty() && certificate.isEmpty() && key.isEmpty())) {
        for (String name : new String[] {"--zk-cacert", "--zk-cert", "--zk-key"}) {
          if (off && parsed.hasMatchedOption(name)) {
            throw new UsageException(name + ": " + asked.get().what() + " says no TLS");
          }
        }
        return Optional.empty();
      }
    }
    if (certificate.isPresent() != key.isPresent()) {
      throw new UsageException("--zk-cert and --zk-key need each other");
    }
    return Optional.of(
        new TlsFiles(file(authorities, false), file(certificate, false), file(key, true)));
  }

  private static Optional<Path> file(Optional<Setting> setting, boolean secret)
      throws UsageException {
    if (setting.isEmpty()) {
      return Optional.empty();
    }
    Path file = setting.get().path();
    try {
      byte[] _ = secret ? SecretFile.read(file) : Files.readAllBytes(file);
      return Optional.of(file);
    } catch (IOException e) {
      throw new UsageException(setting.get().what() + ": " + FileWords.of(file, e));
    }
  }

  private static Optional<SaslLogin> sasl(Setting setting) throws UsageException {
    if (setting.hasMoreThan(SASL)) {
      Setting file = setting.after(SASL);
      DigestLogin _ = read(file);
      return Optional.of(new SaslLogin.Password(file.path()));
    }
    if (!setting.hasMoreThan(KERBEROS)) {
      return Optional.empty();
    }
    String text = setting.after(KERBEROS).text();
    int colon = text.indexOf(':');
    if (colon == 0 || colon == text.length() - 1) {
      throw new UsageException(setting.what() + ": expected kerberos:PRINCIPAL[:KEYTAB]");
    }
    if (colon < 0) {
      return Optional.of(new SaslLogin.Kerberos(text, Optional.empty()));
    }
    Setting keytab = new Setting(setting.what(), text.substring(colon + 1));
    return Optional.of(
        new SaslLogin.Kerberos(text.substring(0, colon), file(Optional.of(keytab), true)));
  }

  private static DigestLogin login(Setting setting) throws UsageException {
    // Whatever else stands there may be a secret: it is not repeated.
    if (!setting.hasMoreThan(DIGEST)) {
      throw new UsageException(
          setting.what() + ": expected digest:FILE, sasl:FILE or kerberos:PRINCIPAL[:KEYTAB]");
    }
    return read(setting.after(DIGEST));
  }

  private static DigestLogin read(Setting setting) throws UsageException {
    Path file = setting.path();
    try {
      return DigestLogin.in(file);
    } catch (IOException e) {
      throw new UsageException(setting.what() + ": " + FileWords.of(file, e));
    }
  }

  private NodeAcl acl(boolean identity) throws UsageException {
    List<String> given =
        parsed.hasMatchedOption("--zk-acl")
            ? parsed.matchedOption("--zk-acl").originalStringValues()
            : List.of();
    String what = "--zk-acl";
    if (given.isEmpty()) {
      Optional<Setting> setting = setting("--zk-acl");
      if (setting.isEmpty()) {
        if (identity) {
          throw new UsageException(
              "--zk-acl: say who may use our nodes: creator shuts out whoever has another"
                  + " identity, open nobody");
        }
        return NodeAcl.OPEN;
      }
      what = setting.get().what();
      given =
          setting.get().text().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
    NodeAcl acl;
    try {
      acl = NodeAcl.parse(given);
    } catch (IllegalArgumentException e) {
      throw new UsageException(what + ": " + e.getMessage());
    }
    if (acl.namesCreator() && !identity) {
      throw new UsageException(what + ": creator needs an identity: --zk-auth or --zk-cert");
    }
    return acl;
  }

  /** Where an option's value was found; an empty one counts as none. */
  private Optional<Setting> setting(String option) {
    if (!option.equals("--zk-tls")
        && !option.equals("--zk-acl")
        && parsed.hasMatchedOption(option)) {
      return Optional.of(new Setting(option, parsed.matchedOptionValue(option, "")));
    }
    for (String[] names : NAMES) {
      if (names[0].equals(option)) {
        Optional<String> variable = environment.apply(names[1]);
        if (variable.isPresent() && !variable.get().isBlank()) {
          return Optional.of(new Setting(names[1], variable.get()));
        }
        Optional<String> machine = defaults.value(names[1]);
        if (machine.isPresent()) {
          return Optional.of(new Setting(names[1] + " in " + Defaults.FILE, machine.get()));
        }
      }
    }
    return Optional.empty();
  }

  private record Setting(String what, String text) {
    boolean hasMoreThan(String scheme) {
      return text.startsWith(scheme) && text.length() > scheme.length();
    }

    Setting after(String scheme) {
      return new Setting(what, text.substring(scheme.length()));
    }

    boolean isOff() throws UsageException {
      return switch (text.strip()) {
        case "0" -> true;
        case "1" -> false;
        default -> throw new UsageException(what + ": 1 or 0: " + text);
      };
    }

    Path path() throws UsageException {
      if (text.isEmpty()) {
        throw new UsageException(what + ": names no file");
      }
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        throw new UsageException(what + ": no file name");
      }
    }
  }
}
