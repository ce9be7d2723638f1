import { readFileSync } from "node:fs";
import ts from "typescript";

/** What the docstrings of a source file say about its interfaces. */
export interface InterfaceDocs {
  readonly doc: string | undefined;
  readonly members: ReadonlyMap<string, MemberDocs>;
}

interface MemberDocs {
  readonly doc: string | undefined;
  /** What is inside: an interface of the file, or members written in place. */
  readonly inside: InterfaceDocs | undefined;
}

/** The interfaces of a TypeScript file by name, with their docstrings; interfaces that they name are followed. */
export function readInterfaceDocs(file: URL): ReadonlyMap<string, InterfaceDocs> {
  const source = ts.createSourceFile(file.pathname, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const declared = new Map(source.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]));
  const read = (node: ts.InterfaceDeclaration | ts.TypeLiteralNode): InterfaceDocs => ({
    doc: docOf(node),
    members: new Map(
      node.members
        .filter(ts.isPropertySignature)
        .map((member) => [member.name.getText(), { doc: docOf(member), inside: member.type && inside(member.type) }]),
    ),
  });
  const inside = (type: ts.TypeNode): InterfaceDocs | undefined => {
    if (ts.isTypeLiteralNode(type)) return read(type);
    if (ts.isArrayTypeNode(type)) return inside(type.elementType);
    if (ts.isTypeOperatorNode(type) || ts.isParenthesizedTypeNode(type)) return inside(type.type);
    if (ts.isUnionTypeNode(type)) return type.types.map(inside).find((docs) => docs !== undefined);
    const named = ts.isTypeReferenceNode(type) ? declared.get(type.typeName.getText()) : undefined;
    return named && read(named);
  };
  return new Map([...declared].map(([name, node]) => [name, read(node)]));
}

function docOf(node: ts.Node): string | undefined {
  const [block] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const text = ts.getTextOfJSDocComment(block?.comment);
  // Lines are broken where the source ends, except before the items of a list.
  return text?.replace(/\n(?!- )\s*/g, " ").trim();
}
