/** The command line of lockexd. */
@NullMarked
package org.lockex.cli.lockexd;

import org.jspecify.annotations.NullMarked;
