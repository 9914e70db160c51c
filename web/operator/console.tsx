import { Route, Switch } from 'wouter';
import { ViewerDocument } from '../kit/api/operator.generated.ts';
import { hasIds } from '../kit/ids.ts';
import { useKit } from '../kit/kit-context.ts';
import { Empty, ErrorNote, Frame } from '../kit/parts/index.ts';
import { showConstant } from '../kit/text/amounts.ts';
import { useSignedIn } from '../kit/use-signed-in.ts';
import { LeaseBar, LeaseUseProvider } from './lease-in-use/index.ts';
import { SCREENS } from './screens.ts';
import { useViewer, ViewerContext } from './viewer.ts';
import { useCounts, WaitingProvider } from './waiting/index.ts';

/** The app of the platform's people. What a role may not use, it does not see. */
export function Console() {
	const { signOut } = useKit();
	const { viewer, error, loading, refetch } = useSignedIn(ViewerDocument);
	if (!viewer) {
		return (
			<main className="alone">
				<h1>Firmseal console</h1>
				{error && <ErrorNote error={error} onRetry={refetch} />}
				{loading && <p role="status">Opening the console …</p>}
				{!loading && !error && <p>Your account does not operate this platform.</p>}
				<div>
					<button type="button" onClick={signOut}>
						Sign out
					</button>
				</div>
			</main>
		);
	}
	return (
		<ViewerContext value={viewer}>
			<LeaseUseProvider>
				<WaitingProvider>
					<Screens />
				</WaitingProvider>
			</LeaseUseProvider>
		</ViewerContext>
	);
}

function Screens() {
	const { signOut } = useKit();
	const viewer = useViewer();
	const counts = useCounts();
	const screens = SCREENS.filter(({ roles }) => roles.some((role) => viewer.operatorRoles.includes(role)));
	return (
		<Frame
			name="Firmseal console"
			places={screens.map((screen) => ({ ...screen, count: counts[screen.path] ?? 0 }))}
			person={viewer.name}
			detail={viewer.operatorRoles.map(showConstant).join(', ')}
			onSignOut={signOut}
		>
			<LeaseBar />
			<Switch>
				{screens.map(({ path, routes }) =>
					routes.map(({ at, show: Show }) => (
						<Route key={path + at} path={path + at}>
							{(params) => (hasIds(params) ? <Show {...params} /> : <Nothing />)}
						</Route>
					)),
				)}
				<Route>
					<Nothing />
				</Route>
			</Switch>
		</Frame>
	);
}

const Nothing = () => (
	<Empty>
		<h1>There is nothing here</h1>
		<p>The address is wrong, or your roles have no such screen.</p>
	</Empty>
);
