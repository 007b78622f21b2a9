/** What the command lines of all programs share, and the words they say on stderr. */
@NullMarked
package org.lockex.cli;

import org.jspecify.annotations.NullMarked;
