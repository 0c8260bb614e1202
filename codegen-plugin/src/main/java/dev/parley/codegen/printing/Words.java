package dev.parley.codegen.printing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A name of a schema cut into words, to be joined as a language writes it: {@code GetURL}, {@code
 * get_URL} and {@code getURL} are all {@code get} and {@code URL}.
 */
public final class Words {
  private final List<String> words = new ArrayList<>();

  private Words() {}

  public static Words of(String name) {
    Words result = new Words();
    int start = 0;
    for (int i = 1; i <= name.length(); i++) {
      if (i == name.length() || beginsWord(name, i)) {
        result.add(name.substring(start, i));
        start = i;
      }
    }
    if (result.words.isEmpty()) {
      result.words.add(name);
    }
    return result;
  }

  private void add(String word) {
    String bare = word.replace("_", "");
    if (!bare.isEmpty()) {
      words.add(bare);
    }
  }

  private static boolean beginsWord(String name, int i) {
    char before = name.charAt(i - 1);
    char here = name.charAt(i);
    if (before == '_' || here == '_') {
      return true;
    }
    if (!Character.isUpperCase(here)) {
      return false;
    }
    // The last capital of a run begins the word that goes on in small letters: URLFetch.
    return !Character.isUpperCase(before)
        || (i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1)));
  }

  /** {@code getURL}: the first word small, the others as they are, after a capital. */
  public String lowerCamel() {
    StringBuilder out = new StringBuilder(words.get(0).toLowerCase(Locale.ROOT));
    words.subList(1, words.size()).forEach(word -> out.append(capitalized(word)));
    return identifier(out.toString());
  }

  /** {@code GetURL}. */
  public String upperCamel() {
    StringBuilder out = new StringBuilder();
    words.forEach(word -> out.append(capitalized(word)));
    return identifier(out.toString());
  }

  /** {@code GET_URL}. */
  public String upperSnake() {
    return identifier(String.join("_", words).toUpperCase(Locale.ROOT));
  }

  private static String capitalized(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static String identifier(String name) {
    return Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }
}
