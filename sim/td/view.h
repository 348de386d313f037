/* What responses show of a TD's state, rendered once for each state. */
#ifndef TD_VIEW_H
#define TD_VIEW_H

#include "sim/td/td.h"

void view_init(struct td_view *view);
void view_free(struct td_view *view);

/* Renders td->view anew. The quote template must have the present registers. */
void view_render(struct td *td);

#endif
