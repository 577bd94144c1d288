@echo off
rem Installs, repairs or upgrades without internet; see the text file beside it.
rem As administrator (right mouse button): into C:\Ledger, for the whole machine.
rem Else: into the own folder, for the time in which this person is signed in.
call :main install %*
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
set "FITS=import json, struct, sys; sys.exit('.'.join(map(str, sys.version_info[:2])) not in json.load(open(sys.argv[1]))['pythons'] or struct.calcsize('P') != 8)"
set "FOUND="
if defined PYTHON "%PYTHON%" -P -c "%GOOD%" >nul 2>nul && set "FOUND="%PYTHON%""
rem First one of the versions that the wheels are for; any other one only says what is missing.
for %%v in (3.11 3.12 3.13 3.14) do if not defined FOUND py -%%v -P -c "%FITS%" "%~dp0bundle.json" >nul 2>nul && set "FOUND=py -%%v"
if not defined FOUND python -P -c "%FITS%" "%~dp0bundle.json" >nul 2>nul && set "FOUND=python"
for %%v in (3.11 3.12 3.13 3.14) do if not defined FOUND py -%%v -P -c "%GOOD%" >nul 2>nul && set "FOUND=py -%%v"
if not defined FOUND python -P -c "%GOOD%" >nul 2>nul && set "FOUND=python"
if not defined FOUND (
    type "%~dp0need-python.txt"
    exit /b 1
)
%FOUND% -P -m deploy.installer %*
exit /b %ERRORLEVEL%
