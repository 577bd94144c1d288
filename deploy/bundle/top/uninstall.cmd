@echo off
rem Takes the program away; all data stays, and where it is, is said. As administrator if it was
rem installed so.
call :main uninstall %*
set "CODE=%ERRORLEVEL%"
pause
exit /b %CODE%

:main
setlocal
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONDONTWRITEBYTECODE=1"
set "PYTHONPATH=%~dp0app"
set "GOOD=import struct, sys; sys.exit(sys.version_info < (3, 11) or struct.calcsize('P') != 8)"
set "FOUND="
if defined PYTHON "%PYTHON%" -P -c "%GOOD%" >nul 2>nul && set "FOUND="%PYTHON%""
for %%v in (3.11 3.12 3.13 3.14) do if not defined FOUND py -%%v -P -c "%GOOD%" >nul 2>nul && set "FOUND=py -%%v"
if not defined FOUND python -P -c "%GOOD%" >nul 2>nul && set "FOUND=python"
if not defined FOUND (
    type "%~dp0need-python.txt"
    exit /b 1
)
%FOUND% -P -m deploy.installer %*
exit /b %ERRORLEVEL%
