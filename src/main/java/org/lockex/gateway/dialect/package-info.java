/** The protocols that lockexd speaks: RDLM, Lock::Server and lockserver. */
@NullMarked
package org.lockex.gateway.dialect;

import org.jspecify.annotations.NullMarked;
