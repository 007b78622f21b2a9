package org.lockex.gateway.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What the body of a POST says. Numbers are read as the original reads them, with Python's {@code
 * int()}: a string of digits and the integer part of a fraction count, true is 1, and less than
 * zero is zero.
 *
 * @param title what the client calls itself: a string as it is, any other value as JSON
 * @param json whether the title is JSON, and no string
 * @param waitTime how long to wait
 * @param lifetime how long to hold at most, at least a second
 */
record RdlmBody(String title, boolean json, Duration waitTime, Duration lifetime) {
  /** It is no such body; the message says why. */
  static final class BadBody extends Exception {
    private static final long serialVersionUID = 1;

    BadBody(String why) {
      super(why, null, false, false);
    }
  }

  private static final int MOST_TITLE = 1024;

  /** Ten years: longer than any lock, and far from every overflow. */
  private static final BigInteger MOST = BigInteger.valueOf(10L * 366 * 24 * 3600);

  /** More digits could only be too many seconds, and cost time to read. */
  private static final int MOST_DIGITS = 1000;

  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+(_[0-9]+)*");

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(20)
                          .maxNumberLength(MOST_DIGITS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  static RdlmBody read(byte[] bytes) throws BadBody {
    if (bytes.length == 0) {
      throw new BadBody("the body is empty: a JSON object with title, wait and lifetime is needed");
    }
    JsonNode body = parsed(bytes);
    if (!body.isObject()) {
      throw new BadBody("the body is no JSON object: title, wait and lifetime are needed");
    }
    JsonNode title = member(body, "title");
    String text = title.isTextual() ? title.textValue() : title.toString();
    if (text.length() > MOST_TITLE) {
      throw new BadBody("title: longer than " + MOST_TITLE + " characters");
    }
    Duration wait = seconds(body, "wait");
    Duration lifetime = seconds(body, "lifetime");
    // The original looks once a second whether a lifetime is over.
    return new RdlmBody(
        text, !title.isTextual(), wait, lifetime.isZero() ? Duration.ofSeconds(1) : lifetime);
  }

  private static JsonNode parsed(byte[] bytes) throws BadBody {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new BadBody("the body is not JSON, or nested too deeply, or has a member twice");
    }
  }

  private static JsonNode member(JsonNode body, String name) throws BadBody {
    JsonNode value = body.get(name);
    if (value == null) {
      throw new BadBody(name + ": is missing");
    }
    return value;
  }

  private static Duration seconds(JsonNode body, String name) throws BadBody {
    BigInteger seconds = integer(name, member(body, name));
    if (seconds.compareTo(MOST) > 0) {
      throw new BadBody(name + ": more than ten years");
    }
    return Duration.ofSeconds(seconds.max(BigInteger.ZERO).longValueExact());
  }

  private static BigInteger integer(String name, JsonNode value) throws BadBody {
    if (value.isBoolean()) {
      return value.booleanValue() ? BigInteger.ONE : BigInteger.ZERO;
    }
    if (value.isTextual()) {
      String text = value.textValue().strip();
      if (text.length() <= MOST_DIGITS && INTEGER.matcher(text).matches()) {
        return new BigInteger(text.replace("_", ""));
      }
    } else if (value.isNumber() && !(value.isDouble() && !Double.isFinite(value.doubleValue()))) {
      return integer(value.decimalValue());
    }
    throw new BadBody(name + ": is no number of seconds");
  }

  /** Towards zero; the digits of an exponent of a billion are never written out. */
  private static BigInteger integer(BigDecimal number) {
    long digits = (long) number.precision() - number.scale();
    if (digits > MOST.bitLength()) {
      return number.signum() > 0 ? MOST.add(BigInteger.ONE) : BigInteger.ZERO;
    }
    return digits <= 0 ? BigInteger.ZERO : number.setScale(0, RoundingMode.DOWN).toBigInteger();
  }
}
