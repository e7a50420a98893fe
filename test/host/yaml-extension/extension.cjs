// Stands for Red Hat's YAML extension, which is not to be had without a marketplace: completes and explains by
// Kubernetes' schema the files that `yaml.schemas` gives one, and underlines nothing else.
const vscode = require('vscode');

const fields = { replicas: 'Number of desired pods.', strategy: 'The deployment strategy.' };

exports.activate = ({ subscriptions }) => {
  const hasSchema = document => {
    const schemas = vscode.workspace.getConfiguration('yaml').get('schemas', {});
    return Object.values(schemas)
      .flat()
      .some(pattern => vscode.languages.match({ pattern: `**/${pattern}` }, document) > 0);
  };
  const problems = vscode.languages.createDiagnosticCollection('yaml');
  subscriptions.push(
    problems,
    vscode.languages.registerCompletionItemProvider(
      'yaml',
      {
        provideCompletionItems: document =>
          hasSchema(document)
            ? Object.keys(fields).map(
                name => new vscode.CompletionItem(name, vscode.CompletionItemKind.Property),
              )
            : [],
      },
      ' ',
      ':',
    ),
    vscode.languages.registerHoverProvider('yaml', {
      provideHover(document, position) {
        const range = document.getWordRangeAtPosition(position);
        const said = fields[range ? document.getText(range) : ''];
        return said && hasSchema(document) ? new vscode.Hover(said, range) : undefined;
      },
    }),
  );
};
