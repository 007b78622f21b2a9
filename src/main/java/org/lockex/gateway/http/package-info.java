/** HTTP for lockexd: the server, requests and answers, who may do what. Knows no locks. */
@NullMarked
package org.lockex.gateway.http;

import org.jspecify.annotations.NullMarked;
