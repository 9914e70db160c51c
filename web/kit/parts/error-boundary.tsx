import { Component, type ReactNode } from 'react';

interface ErrorBoundaryProps {
	/** Another value, such as another address, shows the screen again. */
	readonly at: string;
	readonly children: ReactNode;
}

interface ErrorBoundaryState {
	readonly hasFailed: boolean;
	readonly at: string;
}

/** Keeps the navigation when a screen fails, so that the person can go on elsewhere. React has no such thing for functions. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
	override state: ErrorBoundaryState = { hasFailed: false, at: this.props.at };

	static getDerivedStateFromError(): Partial<ErrorBoundaryState> {
		return { hasFailed: true };
	}

	static getDerivedStateFromProps({ at }: ErrorBoundaryProps, state: ErrorBoundaryState): ErrorBoundaryState | null {
		return at === state.at ? null : { hasFailed: false, at };
	}

	override render(): ReactNode {
		if (!this.state.hasFailed) return this.props.children;
		return (
			<>
				<h1>This screen could not be shown</h1>
				<div className="note bad stack tight" role="alert">
					<p>
						Part of it could not be loaded, or it has a fault. Nothing was changed by that. Reload the page, or go to
						another screen.
					</p>
					<div>
						<button type="button" className="small" onClick={() => location.reload()}>
							Reload
						</button>
					</div>
				</div>
			</>
		);
	}
}
