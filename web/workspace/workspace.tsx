export const Workspace = () => <p>Workspace</p>;
