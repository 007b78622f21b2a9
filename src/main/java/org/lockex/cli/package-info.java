/** The command line: options, durations, and the words lockex says on stderr. */
@NullMarked
package org.lockex.cli;

import org.jspecify.annotations.NullMarked;
