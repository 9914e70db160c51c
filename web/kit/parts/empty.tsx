import type { ReactNode } from 'react';

/** A list that has nothing yet: says what to do first. */
export const Empty = ({ children }: { readonly children: ReactNode }) => (
	<div className="empty stack tight">{children}</div>
);
