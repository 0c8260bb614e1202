package dev.parley.codegen.printing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordsTest {
  @ParameterizedTest
  @CsvSource({
    "Hello, hello, Hello, HELLO",
    "SayHello, sayHello, SayHello, SAY_HELLO",
    "say_hello, sayHello, SayHello, SAY_HELLO",
    "sayHello, sayHello, SayHello, SAY_HELLO",
    "GetURL, getURL, GetURL, GET_URL",
    "GetUrl, getUrl, GetUrl, GET_URL",
    "URLFetch, urlFetch, URLFetch, URL_FETCH",
    "URL, url, URL, URL",
    "A, a, A, A",
    "HTTP2Server, http2Server, HTTP2Server, HTTP2_SERVER",
    "V2Hello, v2Hello, V2Hello, V2_HELLO",
    "HelloV2, helloV2, HelloV2, HELLO_V2",
    "_leading__and_trailing_, leadingAndTrailing, LeadingAndTrailing, LEADING_AND_TRAILING",
    "_1, _1, _1, _1",
    "__, __, __, __",
  })
  void aNameIsWrittenAsEachLanguageDoes(
      String name, String lowerCamel, String upperCamel, String upperSnake) {
    Words words = Words.of(name);
    assertThat(words.lowerCamel()).isEqualTo(lowerCamel);
    assertThat(words.upperCamel()).isEqualTo(upperCamel);
    assertThat(words.upperSnake()).isEqualTo(upperSnake);
  }
}
