package org.lockex.inspect.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columns_stand_below_each_other_whatever_the_letters() {
    Table table = new Table("LOCK", "MODE");
    table.row("夜間バックアップ", "mutex");
    table.row("e\u0301te\u0301", "mutex");
    table.row("a\u0007", "mutex");
    assertEquals(
        """
        LOCK              MODE
        夜間バックアップ  mutex
        e\u0301te\u0301               mutex
        a\\x07             mutex
        """,
        table.toString());
  }

  @Test
  void what_is_too_wide_is_cut_by_columns() {
    assertEquals("abc", Table.cut("abc", 3));
    assertEquals("ab…", Table.cut("abcd", 3));
    assertEquals("夜…", Table.cut("夜間バ", 4));
    assertEquals("夜間…", Table.cut("夜間バ", 5));
    assertEquals(39 + 1, Table.cut("x".repeat(300), 40).length());
  }
}
