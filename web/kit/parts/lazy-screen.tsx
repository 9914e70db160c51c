import { type ComponentType, lazy, Suspense } from 'react';

type Props = Readonly<Record<string, string | undefined>>;

/** A view whose code is fetched when it is first shown, for screens that few people open. */
export function lazyScreen(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
	const View = lazy(() => load().then((view) => ({ default: view })));
	return (props) => (
		<Suspense fallback={<p role="status">Loading …</p>}>
			<View {...props} />
		</Suspense>
	);
}
