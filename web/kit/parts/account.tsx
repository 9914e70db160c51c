import type { ReactNode } from 'react';

interface AccountProps {
	readonly id: string;
	/** What else is known of it. */
	readonly children?: ReactNode;
}

/** An account whose name the reader is not told: the end of its id, in which accounts differ, and the whole of it to copy. */
export const Account = ({ id, children = 'account' }: AccountProps) => (
	<details className="account">
		<summary title={id}>
			{children} <span className="mono quiet">…{id.slice(-8)}</span>
		</summary>
		<span className="mono">{id}</span>
	</details>
);
