import type { MessageFieldsFragment } from '../../../kit/api/workspace.generated.ts';
import { Person } from '../../../kit/parts/index.ts';

/** Who wrote a message, and whether that is someone outside of the firm. */
export const Writer = ({ author }: { readonly author: MessageFieldsFragment['author'] }) => (
	<>
		<Person person={author} />
		{author?.role === 'CLIENT' && (
			<>
				{' '}
				<span className="badge">Client</span>
			</>
		)}
	</>
);
