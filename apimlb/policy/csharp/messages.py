"""The messages of the C# compiler by their codes, in its own words. Each `{}` takes a value, of a type the
name that C# shows.
"""

_TABLE = r"""
CS0019 Operator '{}' cannot be applied to operands of type '{}' and '{}'
CS0020 Division by constant zero
CS0021 Cannot apply indexing with [] to an expression of type '{}'
CS0022 Wrong number of indices inside []; expected {}
CS0023 Operator '{}' cannot be applied to operand of type '{}'
CS0029 Cannot implicitly convert type '{}' to '{}'
CS0030 Cannot convert type '{}' to '{}'
CS0031 Constant value '{}' cannot be converted to a '{}'
CS0034 Operator '{}' is ambiguous on operands of type '<null>' and '<null>'
CS0037 Cannot convert null to '{}' because it is a non-nullable value type
CS0039 Cannot convert type '{}' to '{}' via a reference conversion, boxing conversion, unboxing conversion,
    wrapping conversion, or null type conversion
CS0077 The as operator must be used with a reference type or nullable type ('{}' is a non-nullable value
    type)
CS0100 The parameter name '{}' is a duplicate
CS0103 The name '{}' does not exist in the current context
CS0118 '{}' is a namespace but is used like a variable
CS0119 '{}' is a type, which is not valid in the given context
CS0120 An object reference is required for the non-static field, method, or property '{}.{}'
CS0121 The call is ambiguous between the following methods or properties: '{}' and '{}'
CS0126 An object of a type convertible to '{}' is required
CS0127 Since '{}' returns void, a return keyword must not be followed by an object expression
CS0128 A local variable or function named '{}' is already defined in this scope
CS0131 The left-hand side of an assignment must be a variable, property or indexer
CS0133 The expression being assigned to '{}' must be constant
CS0134 '{}' is of type '{}'. A const field of a reference type other than string can only be initialized
    with null.
CS0136 A local or parameter named '{}' cannot be declared in this scope because that name is used in an
    enclosing local scope to define a local or parameter
CS0139 No enclosing loop out of which to break or continue
CS0144 Cannot create an instance of the abstract class or interface '{}'
CS0149 Method name expected
CS0150 A constant value is expected
CS0152 The switch statement contains multiple cases with the label value '{}'
CS0155 The type caught or thrown must be derived from System.Exception
CS0156 A throw statement with no arguments is not allowed outside of a catch clause
CS0157 Control cannot leave the body of a finally clause
CS0160 A previous catch clause already catches all exceptions of this or of a super type ('{}')
CS0161 '{}': not all code paths return a value
CS0163 Control cannot fall through from one case label ('{}') to another
CS0165 Use of unassigned local variable '{}'
CS0173 Type of conditional expression cannot be determined because there is no implicit conversion between
    '{}' and '{}'
CS0176 Member '{}.{}' cannot be accessed with an instance reference; qualify it with a type name instead
CS0177 The out parameter '{}' must be assigned to before control leaves the current method
CS0186 Use of null is not valid in this context
CS0198 A static readonly field cannot be assigned to (except in a static constructor or a variable
    initializer)
CS0200 Property or indexer '{}' cannot be assigned to -- it is read only
CS0201 Only assignment, call, increment, decrement, and new object expressions can be used as a statement
CS0206 A property or indexer may not be passed as an out or ref parameter
CS0220 The operation overflows at compile time in checked mode
CS0221 Constant value '{}' cannot be converted to a '{}' (use 'unchecked' syntax to override)
CS0233 '{}' does not have a predefined size
CS0234 The type or namespace name '{}' does not exist in the namespace '{}' (are you missing an assembly
    reference?)
CS0246 The type or namespace name '{}' could not be found (are you missing a using directive or an assembly
    reference?)
CS0248 Cannot create an array with a negative size
CS0266 Cannot implicitly convert type '{}' to '{}'. An explicit conversion exists (are you missing a cast?)
CS0283 The type '{}' cannot be declared const
CS0305 Using the generic type '{}' requires {} type arguments
CS0411 The type arguments for method '{}' cannot be inferred from the usage. Try specifying the type
    arguments explicitly.
CS0428 Cannot convert method group '{}' to non-delegate type '{}'. Did you intend to invoke the method?
CS0453 The type '{}' must be a non-nullable value type
CS0463 Evaluation of the decimal constant expression failed
CS0622 Can only use array initializer expressions to assign to array types. Try using a new expression
    instead.
CS0623 Array initializers can only be used in a variable or field initializer. Try using a new expression
    instead.
CS0664 Literal of type double cannot be implicitly converted to type '{}'; use an '{}' suffix to create a
    literal of this type
CS0712 Cannot create an instance of the static class '{}'
CS0723 Cannot declare a variable of static type '{}'
CS0815 Cannot assign {} to an implicitly-typed variable
CS0818 Implicitly-typed variables must be initialized
CS0819 Implicitly-typed variables cannot have multiple declarators
CS0820 Cannot initialize an implicitly-typed variable with an array initializer
CS0822 Implicitly-typed variables cannot be constant
CS0826 No best type found for implicitly-typed array
CS0828 Cannot assign '{}' to anonymous type property
CS0833 An anonymous type cannot have multiple properties with the same name
CS0841 Cannot use local variable '{}' before it is declared
CS0846 A nested array initializer is expected
CS0847 An array initializer of length '{}' is expected
CS1059 The operand of an increment or decrement operator must be a variable, property or indexer
CS1061 '{}' does not contain a definition for '{}' and no extension method '{}' accepting a first argument
    of type '{}' could be found (are you missing a using directive or an assembly reference?)
CS1501 No overload for method '{}' takes {} arguments
CS1503 Argument {}: cannot convert from '{}{}' to '{}{}'
CS1510 A ref or out value must be an assignable variable
CS1579 foreach statement cannot operate on variables of type '{}' because '{}' does not contain a public
    definition for 'GetEnumerator'
CS1593 Delegate '{}' does not take {} arguments
CS1615 Argument {} may not be passed with the '{}' keyword
CS1620 Argument {} must be passed with the '{}' keyword
CS1632 Control cannot leave the body of an anonymous method or lambda expression
CS1643 Not all code paths return a value in lambda expression
CS1656 Cannot assign to '{}' because it is a '{}'
CS1660 Cannot convert lambda expression to type '{}' because it is not a delegate type
CS1661 The lambda's parameter types do not match the delegate's
CS1674 '{}': type used in a using statement must be implicitly convertible to 'System.IDisposable'
CS1729 '{}' does not contain a constructor that takes {} arguments
CS1736 Default parameter value for '{}' must be a compile-time constant
CS1738 Named argument specifications must appear after all fixed arguments have been specified
CS1739 The best overload for '{}' does not have a parameter named '{}'
CS1912 Duplicate initialization of member '{}'
CS1918 Members of property '{}' of type '{}' cannot be assigned with an object initializer because it is of a
    value type
CS1920 Element initializer cannot be empty
CS1922 Cannot initialize type '{}' with a collection initializer because it does not implement
    'System.Collections.IEnumerable'
CS1931 The range variable '{}' conflicts with a previous declaration of '{}'
CS1950 The best overloaded Add method '{}' for the collection initializer has some invalid arguments
CS1955 Non-invocable member cannot be used like a method.
CS7036 There is no argument given that corresponds to the required formal parameter '{}' of '{}'
CS8030 Anonymous function converted to a void returning delegate cannot return a value
CS8070 Control cannot fall out of switch from final case label ('{}')
CS8078 Lambdas are nested more than {} levels deep
CS8107 Feature 'default literal' is not available in C# 7. Please use language version 7.1 or greater.
CS8115 A throw expression is not allowed in this context.
CS8116 It is not legal to use nullable type '{}' in a pattern; use the underlying type '{}' instead.
CS8119 The switch expression must be a value; found '{}'.
CS8120 The switch case has already been handled by a previous case.
CS8121 An expression of type '{}' cannot be handled by a pattern of type '{}'.
CS8183 Cannot infer the type of implicitly-typed discard.
CS8310 Operator '{}' cannot be applied to operand '<null>'
"""


_LINES = _TABLE.strip().replace("\n    ", " ").splitlines()  # an indented line continues the line before it
MESSAGES = dict(line.split(" ", 1) for line in _LINES)

WITH_NAMESPACES = frozenset(("CS0029", "CS0030", "CS0039", "CS0173", "CS0266", "CS1503"))
"""The messages that name types in full."""
