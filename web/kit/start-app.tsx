import './styles/base.css';
import './styles/navigation.css';
import type { ApolloLink } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { type ApiFetch, createApiFetch, createClient } from './api/index.ts';
import { EventFeed } from './events/event-feed.ts';
import { KitContext } from './kit-context.ts';
import { ErrorNote } from './parts/index.ts';
import { loadSettings } from './settings.ts';
import { leaveToSignIn, openProvider, openSession, type Session, SignInDialog } from './sign-in/index.ts';

/** What an app may use besides Apollo Client from its start. */
export interface AppParts {
	/** Origin of the API, without a slash at the end; empty for the origin of the page. */
	readonly api: string;
	readonly apiFetch: ApiFetch;
}

interface AppOptions {
	/** The page's own path, such as /operator. */
	readonly path: string;
	/** Hashes of registered operations by name, for a page that may send no others. */
	readonly hashes?: Readonly<Record<string, string>>;
	/** Makes the link that opens and seals content of firms with their own keys; an app without one shows it sealed. */
	readonly deviceLink?: (parts: AppParts) => ApolloLink;
	/** The first component of the app. */
	readonly app: ReactNode;
}

/** Signs the person in and renders the app for them. */
export async function startApp({ path, hashes, deviceLink, app }: AppOptions): Promise<void> {
	const root = createRoot(document.getElementById('app') as HTMLElement);
	try {
		const settings = await loadSettings();
		const provider = await openProvider(settings);
		if (new URLSearchParams(location.search).has('signed-out'))
			return renderSignedOut(root, () => leaveToSignIn(provider, path));
		const session = await openSession(provider, path);
		if (session === null) return;
		const parts = { api: settings.api, apiFetch: createApiFetch(settings.api, session) };
		renderApp(root, { path, session, ...parts, hashes, deviceLink: deviceLink?.(parts), app });
	} catch (error) {
		root.render(
			<Alone title="Signing in did not work" error={error} label="Try again" onClick={() => location.replace(path)} />,
		);
	}
}

interface Rendered extends AppParts, Pick<AppOptions, 'path' | 'app'> {
	readonly session: Session;
	readonly hashes: AppOptions['hashes'];
	readonly deviceLink: ApolloLink | undefined;
}

function renderApp(root: Root, { path, session, api, apiFetch, hashes, deviceLink, app }: Rendered): void {
	const client = createClient({ apiFetch, session, ...(hashes && { hashes }), ...(deviceLink && { deviceLink }) });
	const events = new EventFeed(apiFetch);
	session.subscribe(() => {
		if (!session.isOver()) return;
		// What anyone could still read here is gone: from the screen, from the title, and from the memory.
		document.title = 'Firmseal';
		renderAlone(root, SIGNED_OUT_EVERYWHERE, () => session.signOut(path));
		void client.clearStore().catch(() => undefined);
	});
	root.render(
		<StrictMode>
			<KitContext value={{ api, apiFetch, events, account: session.account, signOut: () => session.signOut(path) }}>
				<ApolloProvider client={client}>
					<Router hook={useHashLocation}>{app}</Router>
					<SignInDialog session={session} />
				</ApolloProvider>
			</KitContext>
		</StrictMode>,
	);
}

const SIGNED_OUT_EVERYWHERE = 'You have signed out everywhere';

const renderSignedOut = (root: Root, signIn: () => unknown): void => {
	history.replaceState(null, '', location.pathname);
	renderAlone(root, 'You are signed out', signIn);
};

const renderAlone = (root: Root, title: string, signIn: () => unknown): void =>
	root.render(<Alone title={title} error={null} label="Sign in" onClick={signIn} />);

interface AloneProps {
	readonly title: string;
	readonly error: unknown;
	readonly label: string;
	readonly onClick: () => unknown;
}

/** A page with one thing to do. */
const Alone = ({ title, error, label, onClick }: AloneProps) => (
	<main className="alone">
		<h1>{title}</h1>
		{error !== null && <ErrorNote error={error} />}
		<div>
			<button type="button" className="primary" onClick={onClick}>
				{label}
			</button>
		</div>
	</main>
);
