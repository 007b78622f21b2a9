/** The command line of lockex. */
@NullMarked
package org.lockex.cli.lockex;

import org.jspecify.annotations.NullMarked;
