/** The command line of lockexctl. */
@NullMarked
package org.lockex.cli.lockexctl;

import org.jspecify.annotations.NullMarked;
