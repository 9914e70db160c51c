import type { ReactNode } from 'react';

/** One fact of <dl className="facts">. */
export const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
	<>
		<dt>{name}</dt>
		<dd>{children}</dd>
	</>
);
