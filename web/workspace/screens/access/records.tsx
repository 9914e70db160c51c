import { RecordLink } from './record-link.tsx';

/** Records that are looked up, one by one, to say what each is. */
const LINKED = 3;

/** Records of an opening or a request: the first as links, and all others by their ids. */
export function Records({ ids }: { readonly ids: readonly string[] }) {
	const rest = ids.slice(LINKED);
	return (
		<>
			<ul className="plain-list">
				{ids.slice(0, LINKED).map((id) => (
					<li key={id}>
						<RecordLink id={id} />
					</li>
				))}
			</ul>
			{rest.length > 0 && (
				<details>
					<summary>{rest.length.toLocaleString()} more</summary>
					<ul className="plain-list mono">
						{rest.map((id) => (
							<li key={id}>{id}</li>
						))}
					</ul>
				</details>
			)}
		</>
	);
}
